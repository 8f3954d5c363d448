import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
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
  giveOwner(file, ownerFor(live), path);
  const before = isSecret ? lstatSync(live, { throwIfNoEntry: false }) : undefined;
  chmodSync(file, isSecret ? (before?.mode ?? 0o600) & 0o777 : Number.parseInt(mode, 8) & 0o777);
}

/** Makes the directories above and at `directory` that are not there, with the owner of the one that is. */
export function makeDirectories(directory: string, mode = 0o755): void {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  makeDirectories(parent);
  const owner = statSync(parent);
  mkdirSync(directory);
  giveOwner(directory, owner, directory);
  chmodSync(directory, mode);
  syncDirectory(parent);
}

function ownerFor(live: string): Stats {
  const before = lstatSync(live, { throwIfNoEntry: false });
  if (before) return before;
  let directory = dirname(live);
  while (!existsSync(directory)) directory = dirname(directory);
  return statSync(directory);
}

function giveOwner(file: string, { uid, gid }: Stats, name: string): void {
  const own = statSync(file);
  if (own.uid === uid && own.gid === gid) return;
  try {
    chownSync(file, uid, gid);
  } catch (error) {
    throw permanent(
      'NotPermitted',
      `Cannot give "${name}" the owner that it must have: ${(error as Error).message}`,
    );
  }
}
