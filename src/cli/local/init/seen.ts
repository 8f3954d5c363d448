import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import { withoutPassword } from '../../../config/text/without-password.ts';
import { openFilesOf } from '../../../os/process/open-files.ts';
import { environmentOf } from '../../../os/process/process-table.ts';
import type { Found } from './found.ts';

const MAGIC = 'SQLite format 3\0';
const SIDECAR = /-(wal|shm|journal)$/;

/** What some processes have open, and were told. `hostPath`: where a path of theirs lies on this machine; undefined: nowhere. */
export function seenOf(
  pids: readonly number[],
  hostPath: (path: string) => string | undefined,
): Pick<Found, 'databases' | 'logs' | 'redis'> {
  const files = pids
    .flatMap((pid) => openFilesOf(String(pid)))
    .filter(({ deleted, name }) => !deleted && !SIDECAR.test(name))
    .flatMap(({ name, writable }) => {
      const path = hostPath(name);
      return path === undefined ? [] : [{ path, writable }];
    });
  const logs = files.filter(({ path, writable }) => writable && /\.(log|jsonl)$/.test(path));
  const redis = pids.flatMap(environmentOf).flatMap(redisIn)[0];
  return {
    databases: unique(files.filter(({ path }) => isDatabase(path)).map(({ path }) => path)),
    logs: unique(logs.map(({ path }) => path)),
    ...(redis !== undefined && { redis }),
  };
}

/** By its first bytes. No link is followed, and nothing is opened that may block. */
function isDatabase(path: string): boolean {
  try {
    const { size } = lstatSync(path);
    if (!lstatSync(path).isFile() || size < 100) return false;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(MAGIC.length);
      readSync(fd, head, 0, head.length, 0);
      return head.toString('latin1') === MAGIC;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** A password belongs into no file of ours. */
function redisIn(variable: string): string[] {
  const [, url] = /^[A-Z_]*REDIS[A-Z_]*=(rediss?:\/\/\S+)$/.exec(variable) ?? [];
  return url === undefined ? [] : [withoutPassword(url).url];
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].toSorted();
}
