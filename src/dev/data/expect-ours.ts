import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../../config/usage-error.ts';
import { availableIn } from '../../os/files/disk-space.ts';

/**
 * Demands that the data are this user's and can be written, and makes their directory. A server that runs as somebody else, root among them,
 * leaves files that their owner cannot open any more. Error: `UsageError`.
 */
export function expectOurs(file: string): void {
  const directory = dirname(file);
  const us = process.getuid?.();
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const uid = lstatSync(path, { throwIfNoEntry: false })?.uid;
    if (uid === undefined || us === undefined || uid === us) continue;
    throw new UsageError(
      `Cannot serve the runs in "${file}": "${path}" belongs to user ${uid}, and this is user ${us}`,
      `the same as that user; or, if it shall be yours: chown ${us} ${file}*`,
    );
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw noSpace(directory);
    const why = code === 'EROFS' ? 'its file system is read-only' : 'this user may not write there';
    throw new UsageError(
      `Cannot keep runs in "${directory}": ${why}`,
      code === 'EROFS'
        ? `dmesg says why it became so; then: mount -o remount,rw "${directory}"`
        : 'the same as its owner, or --data <file> in a directory of yours',
    );
  }
}

/** Before anything is made there. Error: `UsageError`, when no server of ours keeps runs in it. */
export function expectKept(file: string): void {
  if (existsSync(file)) return;
  throw new UsageError(
    `Cannot find "${file}": no server of ours has kept runs there`,
    'the same as the user who runs "runbook dev", or with its --data',
  );
}

/** Less than a server needs to begin, in bytes: seen, it ends without a word where nothing can be written. */
const LEAST = 4 * 2 ** 20;

/** Error: `UsageError`, when that is why nothing could be written there. */
export function expectSomeSpace(directory: string): void {
  if (availableIn(directory) < LEAST) throw noSpace(directory);
}

/** Error of what wrote into `directory`. */
export function noSpace(directory: string): UsageError {
  return new UsageError(
    `Cannot keep runs in "${directory}": no space is left there`,
    `df -h ${directory}; what is in the way may be moved, but nothing that is called temporal.db`,
  );
}
