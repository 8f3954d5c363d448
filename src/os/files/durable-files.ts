import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Returns when the content of `file` survives a power cut. Its name does after `syncDirectory`. */
export function syncFile(file: string): void {
  const fd = openSync(file, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * The same while the caller does something else: the disk is at work at once. Its error must be heard, because Linux reports it
 * to no later call.
 */
export async function syncBeside(file: string): Promise<void> {
  const fd = openSync(file, 'r');
  try {
    await fsyncLater(fd);
  } finally {
    closeSync(fd);
  }
}
const fsyncLater = promisify(fsync);

/** Bytes after which the disk gets to work. */
const SYNC_EVERY = 32 * 2 ** 20;

/**
 * Has the disk at work while a file is still written, so that the last sync, which is the caller's, has little to wait for.
 * Whoever writes must call `end`, which throws what the disk said meanwhile.
 */
export function syncWhileWriting(fd: number) {
  let unsynced = 0;
  let syncing: Promise<void> | undefined;
  let trouble: unknown;
  return {
    wrote(bytes: number): void {
      unsynced += bytes;
      if (syncing || unsynced < SYNC_EVERY) return;
      unsynced = 0;
      syncing = fsyncLater(fd)
        .catch((error: unknown) => (trouble ??= error))
        .then(() => (syncing = undefined));
    },
    async end(): Promise<void> {
      await syncing;
      if (trouble !== undefined) throw trouble;
    },
  };
}

/** Returns when the names in `directory` survive a power cut. */
export function syncDirectory(directory: string): void {
  syncFile(directory);
}

/** A copy that shares blocks where the file system can. `destination` must not be there yet. */
export function copyDurably(source: string, destination: string): void {
  copyFileSync(source, destination, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  syncFile(destination);
}

/** Somebody may have given a file of another this name. */
function expectOneName(fd: number, name: string): void {
  const about = fstatSync(fd);
  if (about.isFile() && about.nlink <= 1) return;
  throw Object.assign(new Error(`EMLINK: it has other names, "${name}": remove it`), {
    code: 'EMLINK',
    path: name,
  });
}

/** A reader sees the old content or the new, never half of it. */
export function writeDurably(file: string, content: string): void {
  const part = `${file}.part`;
  // One that is a link leads to what is nobody's business here: ELOOP.
  const fd = openSync(part, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    expectOneName(fd, part);
    ftruncateSync(fd);
    // A part that a killed attempt left behind keeps its own mode.
    fchmodSync(fd, 0o600);
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(part, file);
  syncDirectory(dirname(file));
}
