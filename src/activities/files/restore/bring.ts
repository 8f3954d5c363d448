import { linkSync, lstatSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { hasNoLinks } from '../../../os/files/file-facts.ts';
import { copyPlain } from '../../../os/files/held/copy-plain.ts';

/** Beside its place, until it is whole. */
export function partOf(live: string, stamp: Stamp): string {
  return `${live}.part-${stamp}`;
}

/** Puts a file, with its owner and mode, in the place of another: in one rename, from whatever disk. */
export function bring(file: string, live: string, stamp: Stamp): void {
  try {
    renameSync(file, live);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyPlain(file, partOf(live, stamp));
    renameSync(partOf(live, stamp), live);
  }
  syncDirectory(dirname(live));
}

/** The same, and `file` stays where it is. */
export function bringCopy(file: string, live: string, stamp: Stamp): void {
  const part = partOf(live, stamp);
  linkOrCopy(file, part);
  renameSync(part, live);
  // To rename a link to the same file is to do nothing.
  rmSync(part, { force: true });
  syncDirectory(dirname(live));
}

export function bringLink(to: string, live: string, stamp: Stamp): void {
  const part = partOf(live, stamp);
  rmSync(part, { force: true });
  symlinkSync(to, part);
  renameSync(part, live);
  syncDirectory(dirname(live));
}

/** Gives a file a second name, whole or not at all. */
export function setAside(live: string, aside: string): void {
  const part = `${aside}.part`;
  linkOrCopy(live, part);
  // Whoever can write there may have put a link in its place since it was looked at.
  if (!lstatSync(part).isFile()) {
    rmSync(part);
    throw permanent('FileChanged', `"${live}" was changed while it was kept: start again`);
  }
  renameSync(part, aside);
  rmSync(part, { force: true });
  syncDirectory(dirname(aside));
}

function linkOrCopy(file: string, other: string): void {
  rmSync(other, { force: true });
  try {
    linkSync(file, other);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    copyPlain(file, other);
  }
}
