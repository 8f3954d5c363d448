import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import type { Target } from '../../../../config/schema/target.ts';
import { inspectImage } from '../compare/inspected.ts';
import { remakeContainers } from '../make-containers.ts';
import { onProject } from '../project.ts';
import { type KeptImage, nameImage } from './kept-images.ts';
import { newestFirst } from './service-image.ts';

type Place = Pick<Target, 'directory'>;

/** Whether the image of before has its name, and the application's containers are made of it. */
export async function isBackAt(
  kept: KeptImage,
  { directory }: Place,
  runtime: ComposeRuntime,
): Promise<boolean> {
  return (await hasName(kept)) && (await isMadeOf(kept, directory, runtime));
}

export interface WentBack {
  readonly changed: boolean;
  /** Containers were made anew, and are down. */
  readonly remade: boolean;
}

/** Brings about what `isBackAt` asks, and leaves the containers down that it makes. */
export async function goBackTo(
  kept: KeptImage,
  { directory }: Place,
  runtime: ComposeRuntime,
): Promise<WentBack> {
  const named = await hasName(kept);
  if (!named) await nameImage(kept.id, kept.name);
  if (await isMadeOf(kept, directory, runtime)) return { changed: !named, remade: false };
  await remakeContainers(onProject(directory, runtime), [runtime.service]);
  return { changed: true, remade: true };
}

async function hasName({ name, id }: KeptImage): Promise<boolean> {
  return (await inspectImage(name))?.Id === id;
}

async function isMadeOf({ id }: KeptImage, directory: string, runtime: ComposeRuntime) {
  const containers = await newestFirst(directory, runtime);
  return containers.length > 0 && containers.every(({ Image }) => Image === id);
}
