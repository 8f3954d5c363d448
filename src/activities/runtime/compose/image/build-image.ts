import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { redacted } from '../../../../os/redacted.ts';
import { type Evidence, keepEvidence } from '../../../../state/evidence.ts';
import { inspectImage } from '../compare/inspected.ts';
import { onProject } from '../project.ts';
import { findRenewable } from './built-service.ts';
import { expectRoomFor } from './expect-room.ts';
import { keptName, readKept, writeKept } from './kept-images.ts';

export interface HowToBuild {
  /** Whether newer base images are fetched, or, of a service without "build", its own image. */
  readonly pull: boolean;
  /** Whether layers of earlier builds are used again. */
  readonly cache: boolean;
}

export interface Built {
  readonly changed: boolean;
  /** It is the very image of before. */
  readonly same: boolean;
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

/** Less than the activity has: what a build that hangs has printed is to be seen. */
const BUILD_WITHIN = 25 * 60_000;

/**
 * Has Compose build the image of the application's service, or pull the one that is made elsewhere, once a run. Errors: `NoSpace`, `ImageMissing`,
 * `NotApplicable`, and those of Docker.
 */
export async function buildImage(
  target: Target,
  runtime: ComposeRuntime,
  { run, stamp, how }: { readonly run: string; readonly stamp: Stamp; readonly how: HowToBuild },
): Promise<Built> {
  const kept = readKept(target, stamp);
  if (!kept)
    throw permanent('ImageMissing', `The image of before has no name "${keptName(target, stamp)}"`);
  const there = await inspectImage(kept.name);
  if (kept.built !== undefined && there?.Id === kept.built) return answer(kept.built, false);

  await expectRoomFor(kept.id);
  const { isBuilt } = await findRenewable(target, runtime, how.pull);
  const flags = [...(how.cache ? [] : ['--no-cache']), ...(how.pull ? ['--pull'] : [])];
  const call = onProject(target.directory, runtime);
  const words = isBuilt ? ['build', ...flags] : ['pull'];
  const printed = await call([...words, runtime.service], BUILD_WITHIN);
  const built = await inspectImage(kept.name);
  if (!built) throw permanent('ImageMissing', `Compose has made no image "${kept.name}"`);
  writeKept(target, stamp, { ...kept, built: built.Id });
  // Compose 2 prints to its other output, which only a failure shows.
  const lines = redacted(printed);
  const evidence = lines.trim() ? [keepEvidence(target, run, 'build.log', `${lines}\n`)] : [];
  return answer(built.Id, true, evidence);

  function answer(id: string, changed: boolean, evidence: readonly Evidence[] = []): Built {
    const same = id === kept!.id;
    const text = id.replace('sha256:', '').slice(0, 12);
    return { changed, same, evidence, note: same ? `${text}, the same as before` : text };
  }
}
