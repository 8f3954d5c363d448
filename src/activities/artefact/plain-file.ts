import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { countText } from '../../config/text/count-text.ts';

/** What lies in a directory of backups may be anybody's work: a link, a pipe that never ends, another name of somebody's file. */
export interface PlainFile {
  readonly fd: number;
  readonly bytes: number;
  /** How many names it has. */
  readonly names: number;
}

/** Opens a file that is one: no link is followed, and nothing that is no file is read. The caller closes it. */
export function openPlain(file: string): PlainFile {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw noFile(file, 'a link');
    if (code === 'ENXIO') throw noFile(file, 'no file');
    throw error;
  }
  const facts = fstatSync(fd);
  if (facts.isFile()) return { fd, bytes: facts.size, names: facts.nlink };
  closeSync(fd);
  throw noFile(file, facts.isDirectory() ? 'a directory' : 'no file');
}

/** All of a file of at most `most` bytes. */
export function readPlain(file: string, most: number): { bytes: Buffer; names: number } {
  const { fd, bytes, names } = openPlain(file);
  try {
    if (bytes > most)
      throw Object.assign(
        new Error(`"${file}" has ${countText(bytes, 'byte')}, expected at most ${most}`),
        {
          code: 'EFBIG',
        },
      );
    return { bytes: readFileSync(fd), names };
  } finally {
    closeSync(fd);
  }
}

function noFile(file: string, what: string): Error {
  return Object.assign(new Error(`"${file}" is ${what}`), { code: 'ENOTAFILE' });
}
