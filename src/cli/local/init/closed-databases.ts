import { closeSync, constants, fstatSync, globSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const HEADER = 'SQLite format 3\0';
/** An application that is installed with its packages has thousands of directories. */
const PATTERNS = ['*', '*/*', '*/*/*'].map((place) => `${place}.{db,sqlite,sqlite3,db3}`);
const PACKAGES = new Set(['node_modules', 'site-packages', 'venv', 'env', 'backups']);
const MOST = 10;

/** SQLite databases that lie in `directory`, or up to two below, the one that was written last first: an application opens its own only when somebody asks. */
export function closedDatabases(directory: string): readonly string[] {
  const files = globSync(PATTERNS, { cwd: directory, exclude: (name) => PACKAGES.has(name) });
  return files
    .flatMap((file) => writtenAt(join(directory, file)) ?? [])
    .toSorted((one, other) => other.time - one.time)
    .slice(0, MOST)
    .map(({ file }) => file);
}

/** Undefined: it is none, or cannot be read. Whatever lies there is only looked at: a link or a pipe is none. */
function writtenAt(file: string): { readonly file: string; readonly time: number } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const about = fstatSync(fd);
    const head = Buffer.alloc(HEADER.length);
    const isOne = about.isFile() && readSync(fd, head, 0, head.length, 0) === head.length;
    return isOne && head.toString('latin1') === HEADER ? { file, time: about.mtimeMs } : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
