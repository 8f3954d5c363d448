import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  lstatSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { giveOwner } from '../../../os/files/held/make-directories.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import type { FileEntry } from '../draft/unpack.ts';

/**
 * What the application must find on a file: the owner of the one before or of the directory, and the mode of the backup. A
 * secret has the mode that it has here, and is its owner's alone where there is none.
 */
export function applyOwnership(
  file: string,
  { path, mode }: FileEntry,
  { live, isSecret }: { live: string; isSecret: boolean },
): void {
  const fd = openPlain(file, constants.O_RDONLY);
  try {
    giveOwner(fd, ownerFor(live), path);
    const before = isSecret ? lstatSync(live, { throwIfNoEntry: false }) : undefined;
    fchmodSync(fd, isSecret ? (before?.mode ?? 0o600) & 0o777 : Number.parseInt(mode, 8) & 0o777);
  } finally {
    closeSync(fd);
  }
}

function ownerFor(live: string): Stats {
  const before = lstatSync(live, { throwIfNoEntry: false });
  if (before) return before;
  let directory = dirname(live);
  while (!existsSync(directory)) directory = dirname(directory);
  return statSync(directory);
}
