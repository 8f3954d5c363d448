import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { permanent } from '../../../../os/failure.ts';
import { writeDurably } from '../../../../os/files/durable-files.ts';
import { docker } from '../docker.ts';
import { CHECK_TIMEOUT } from '../project.ts';

/** What a run goes back to when its new image is no good. */
const KeptImage = z.object({
  /** What Compose calls it, with its tag: the new one bears that name meanwhile. */
  name: z.string(),
  id: z.string(),
  /** The new one, once it is built. */
  built: z.string().optional(),
});
export type KeptImage = Readonly<z.infer<typeof KeptImage>>;

/** So many images of before stay, besides the one that runs. */
const MOST = 3;

type Place = Pick<Target, 'name' | 'state'>;

/** A name of ours: nobody else removes what bears it as unused. */
export function keptName({ name }: Place, stamp: Stamp): string {
  return `${repository(name)}:${stamp}`;
}

function repository(target: string): string {
  return `durable-runbooks/${target.toLowerCase()}`;
}

export function readKept(place: Place, stamp: Stamp): KeptImage | undefined {
  const file = fileOf(place, stamp);
  if (!existsSync(file)) return undefined;
  try {
    return KeptImage.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw permanent(
      'StateUnusable',
      `Cannot read "${file}": the image from before is "${keptName(place, stamp)}"`,
    );
  }
}

export function writeKept(place: Place, stamp: Stamp, kept: KeptImage): void {
  mkdirSync(directoryOf(place), { recursive: true });
  writeDurably(fileOf(place, stamp), `${JSON.stringify(kept)}\n`);
}

export async function nameImage(id: string, name: string): Promise<void> {
  await docker(['tag', id, name], { timeout: CHECK_TIMEOUT });
}

/** The image stays while it has another name, or a container. */
export async function forgetKept(place: Place, stamp: Stamp): Promise<void> {
  await removeName(keptName(place, stamp));
  rmSync(fileOf(place, stamp), { force: true });
}

/**
 * Removes names of ours that no run needs to go back: those of the image that runs, and all but the newest. Its own record stays
 * with the run of `stamp`: it may be undone yet. Answers how many.
 */
export async function pruneKept(place: Place, stamp: Stamp, running: string): Promise<number> {
  const format = ['--no-trunc', '--format', '{{.Tag}} {{.ID}}'];
  const text = await docker(['image', 'ls', ...format, repository(place.name)], {
    timeout: CHECK_TIMEOUT,
  });
  const tags = text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ') as [tag: string, id: string])
    .toSorted(([one], [other]) => (one < other ? 1 : -1));
  const others = tags.filter(([, id]) => id !== running);
  const stay = new Set(others.slice(0, MOST).map(([tag]) => tag));
  const gone = tags.filter(([tag]) => !stay.has(tag));
  for (const [tag] of gone) await removeName(`${repository(place.name)}:${tag}`);
  for (const file of filesIn(place))
    if (file !== `${stamp}.json`) rmSync(join(directoryOf(place), file), { force: true });
  return gone.length;
}

async function removeName(name: string): Promise<void> {
  try {
    await docker(['rmi', name], { timeout: CHECK_TIMEOUT });
  } catch (error) {
    // A container has no other name for its image: it stays, and is removed by a later run.
    if (!/no such image|conflict/i.test(failureOf(error).message)) throw error;
  }
}

function filesIn(place: Place): string[] {
  return existsSync(directoryOf(place)) ? readdirSync(directoryOf(place)) : [];
}

function fileOf(place: Place, stamp: Stamp): string {
  return join(directoryOf(place), `${stamp}.json`);
}

function directoryOf({ state }: Place): string {
  return join(state, 'images');
}
