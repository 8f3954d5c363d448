import { failureOf } from '../../os/failure-of.ts';
import { run } from '../../os/process/command.ts';
import { within } from '../../os/process/within.ts';

export interface SeenDisk {
  /** Of what is not there yet, the nearest directory above it. */
  readonly place: string;
  /** The share that is used, as `df` reckons it, from 0 to 1. */
  readonly used: number;
  /** What this user may still write. */
  readonly available: number;
  /** The share of its inodes that is used: without a free one, no file can be made. */
  readonly inodes: number;
  /** As stat(2) says it, by which places on one disk are told from those on others. */
  readonly device: string;
}

/** A disk that is asked for nothing but its size answers at once, or hangs. In ms. */
const WITHIN = 5000;

/** See statfs(2) and `df`. */
const SCRIPT = `
  at=$1
  while [ ! -e "$at" ]; do at=$(dirname -- "$at"); done
  stat -L -c %d -- "$at" && stat -f -c '%b %f %a %S %c %d' -- "$at" && printf %s "$at"
`;

/** Whoever asks a disk that hangs cannot be ended, where its driver does not let go: no second one is sent after the first. */
const looks = new Map<string, Promise<SeenDisk | undefined>>();

/**
 * The disk on which a place lies. Undefined: it does not answer. It is asked by a process of its own: a call of ours would stop all that
 * this process does, and one by a thread of Node would keep the thread.
 */
export async function diskOf(place: string): Promise<SeenDisk | undefined> {
  let look = looks.get(place);
  if (!look) {
    look = ask(place).finally(() => looks.delete(place));
    looks.set(place, look);
    // Nobody may wait for it any more when it fails.
    look.catch(() => {});
  }
  return within(look, WITHIN + 500);
}

async function ask(place: string): Promise<SeenDisk | undefined> {
  try {
    const { stdout } = await run('sh', ['-c', SCRIPT, 'sh', place], { timeout: WITHIN });
    const [device = '', numbers = '', ...nearest] = stdout.split('\n');
    const [blocks = 0, free = 0, available = 0, size = 0, inodes = 0, freeInodes = 0] = numbers
      .split(' ')
      .map(Number);
    const taken = blocks - free;
    return {
      place: nearest.join('\n'),
      device,
      // As `df` reckons it: what only root may write is nobody's.
      used: taken / Math.max(1, taken + available),
      available: available * size,
      // Some file systems make inodes as they are needed, and say 0.
      inodes: inodes > 0 ? (inodes - freeInodes) / inodes : 0,
    };
  } catch (error) {
    if (failureOf(error).type === 'CommandTimeout') return undefined;
    throw error;
  }
}
