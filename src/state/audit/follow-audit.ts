import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isThere } from '../../os/files/file-facts.ts';
import { auditFiles, openToRead } from './files.ts';

const CHUNK_BYTES = 2 ** 20;
const NEWLINE = 10;

/**
 * Reads the audit as it grows: each call gives `take` the lines that came since the one before, in their order, and answers whether it
 * began anew, because a file is gone or shorter than it was. A last line without an end is left for the next call. Errors: those of the
 * file system, and `NotPermitted` for a file that is a link.
 */
export function followAudit(state: string) {
  /** Where each file goes on, by its inode: rotation gives it another name. */
  let ends = new Map<number, number>();

  return (take: (line: string) => void, begunAnew: () => void): void => {
    if (read(take) || ends.size === 0) return;
    ends = new Map();
    begunAnew();
    read(take);
  };

  /** False: what was read before is not all there any more. Nothing was taken then. */
  function read(take: (line: string) => void): boolean {
    const names = isThere(state) ? auditFiles(state) : [];
    const open = names.map((name) => {
      const fd = openToRead(join(state, name));
      return { fd, about: fstatSync(fd) };
    });
    try {
      const sizes = new Map(open.map(({ about }) => [about.ino, about.size]));
      if ([...ends].some(([ino, end]) => (sizes.get(ino) ?? -1) < end)) return false;
      for (const { fd, about } of open)
        ends.set(about.ino, linesFrom(fd, ends.get(about.ino), take));
      return true;
    } finally {
      for (const { fd } of open) closeSync(fd);
    }
  }
}

/** Answers where the last whole line ends. */
function linesFrom(fd: number, from = 0, take: (line: string) => void): number {
  let at = from;
  let rest = Buffer.alloc(0);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const length = readSync(fd, chunk, 0, chunk.length, at + rest.length);
    if (length === 0) return at;
    const content = Buffer.concat([rest, chunk.subarray(0, length)]);
    const end = content.lastIndexOf(NEWLINE) + 1;
    if (end > 0) for (const line of content.toString('utf8', 0, end - 1).split('\n')) take(line);
    at += end;
    rest = content.subarray(end);
  }
}
