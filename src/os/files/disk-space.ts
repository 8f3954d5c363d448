import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { permanent } from '../failure.ts';

const MEBIBYTE = 2 ** 20;

export interface DiskSpace {
  readonly needed: number;
  readonly available: number;
}

/** Demands space for `bytes` more in `directory`, and a margin: a disk filled to its last block stops the application. */
export function expectSpaceFor(bytes: number, directory: string): DiskSpace {
  const needed = Math.ceil(bytes * 1.05) + 16 * MEBIBYTE;
  const available = availableIn(directory);
  if (available < needed)
    throw permanent(
      'NoSpace',
      `Not enough disk space in "${directory}": ${inMebibytes(needed)} needed, ${inMebibytes(available)} available`,
    );
  return { needed, available };
}

export function inMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(bytes < 100 * MEBIBYTE ? 1 : 0)} MiB`;
}

/** What this user may still write, in bytes: not the blocks that are reserved for root. */
export function availableIn(directory: string): number {
  if (!existsSync(directory)) return availableIn(dirname(directory));
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
