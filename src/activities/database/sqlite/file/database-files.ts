import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Stamp } from '../../../../config/time/stamp.ts';

/**
 * A database is a set: the main file and whatever lies beside it under these names. SQLite reads a
 * stale one into any main file of that name, so a set is only ever moved whole.
 */
export const SIDECARS = ['-wal', '-shm', '-journal'] as const;

/** Every name that a run gives to a database, beside the real live file. */
export interface SetNames {
  readonly live: string;
  /** The proven copy of a backup, until it becomes the live file. */
  readonly staged: string;
  /** What was live before. */
  readonly kept: string;
  /** What had been restored, when the restore was undone. */
  readonly undone: string;
}

export function setNames(file: string, stamp: Stamp): SetNames {
  const live = liveFile(file);
  return {
    live,
    staged: `${live}.staged-${stamp}`,
    kept: `${live}.pre-${stamp}`,
    undone: `${live}.undone-${stamp}`,
  };
}

/** The file behind `file`: SQLite keeps the sidecars beside that one, not beside a symbolic link. */
export function liveFile(file: string): string {
  let real = file;
  // A link whose file is missing has no real path, yet a restore must create that very file.
  for (let hops = 0; isLink(real) && hops < 40; hops += 1)
    real = resolve(dirname(real), readlinkSync(real));
  const directory = dirname(real);
  return existsSync(directory) ? join(realpathSync(directory), basename(real)) : real;
}

/** The sidecars that lie beside `file` now, as full names. */
export function sidecarsOf(file: string): string[] {
  return SIDECARS.map((suffix) => `${file}${suffix}`).filter(isThere);
}

export function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** In bytes: 0 when it is not there. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Which file it is, whatever its name: stays with it through every rename. */
export function inodeOf(file: string): string | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}

export function isSameFile(one: string, other: string): boolean {
  const inode = inodeOf(one);
  return inode !== undefined && inode === inodeOf(other);
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
