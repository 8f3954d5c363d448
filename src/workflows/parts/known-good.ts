import type { StepSystems } from '../../activities/index.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { leave, type Leave } from '../../engine/steps/step.ts';
import { type Attempted, attempted } from './attempted.ts';
import { described } from './described.ts';
import { startAndProve, type Works } from './restart-until-works.ts';

export interface ComparedWithGood {
  readonly image: Awaited<ReturnType<StepSystems['images']['findKnownGood']>>;
  readonly configuration: Attempted<Differing>;
}

/** What a backup has otherwise than it is here, and what would bring it. */
export type Differing = Awaited<ReturnType<typeof differing>>;

/** Compares what the application is made of with what it was proven on, or what its last backup has. */
export async function compareWithGood({
  images,
  files,
}: Pick<StepSystems, 'images' | 'files'>): Promise<ComparedWithGood> {
  return { image: await images.findKnownGood(), configuration: await attempted(differing(files)) };
}

/** From the backup that holds the configuration that is known to be good, else from the last one. */
async function differing(files: StepSystems['files']) {
  const good = await files.findKnownGood();
  const { files: sources } = await files.find(good.backup ?? 'latest', ['configuration']);
  const request = { files: sources, secrets: 'keep' } as const;
  const { missing, changed, names, note } = await files.compare(request);
  return { request, names, count: missing + changed, note: `${good.note}. ${note}` };
}

/** On the image that is known to be good. Its configuration is the one that is here. */
export async function startOnGoodImage(systems: StepSystems, stamp: Stamp): Promise<Works> {
  await described(systems.runtime.stop());
  await systems.images.goToKnownGood(stamp);
  return startAndProve(systems);
}

/** For an undo. `changes`: what else the container got when it was made anew. */
export async function leaveGoodImage(
  { runtime, images }: Pick<StepSystems, 'runtime' | 'images'>,
  stamp: Stamp,
  changes: readonly string[],
): Promise<Leave | undefined> {
  await described(runtime.stop());
  const { remade } = await images.goBack(stamp);
  // What did not come up may not do so now: that is how it was.
  await attempted(runtime.start());
  if (!remade || changes.length === 0) return undefined;
  return leave(
    `The application is on its image from before, with its configuration as it is now: ${changes.join(', ')}`,
  );
}
