import { closeSync, constants, readFileSync } from 'node:fs';
import { expectAtMost, openRegular } from '../../os/files/held/open-plain.ts';

/** All of a file of at most `most` bytes in a directory of backups, where anything may lie. Errors: EFBIG; as `openRegular`. */
export function readPlain(file: string, most: number): { bytes: Buffer; names: number } {
  const { fd, about } = openRegular(file, constants.O_RDONLY);
  try {
    expectAtMost(file, about, most);
    return { bytes: readFileSync(fd), names: about.nlink };
  } finally {
    closeSync(fd);
  }
}
