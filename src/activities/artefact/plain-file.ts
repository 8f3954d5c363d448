import { closeSync, constants, readFileSync } from 'node:fs';
import { countText } from '../../config/text/count-text.ts';
import { openRegular } from '../../os/files/held/open-plain.ts';

/** All of a file of at most `most` bytes in a directory of backups, where anything may lie. Errors: EFBIG; as `openRegular`. */
export function readPlain(file: string, most: number): { bytes: Buffer; names: number } {
  const { fd, about } = openRegular(file, constants.O_RDONLY);
  try {
    if (about.size > most)
      throw Object.assign(
        new Error(`"${file}" has ${countText(about.size, 'byte')}, expected at most ${most}`),
        { code: 'EFBIG' },
      );
    return { bytes: readFileSync(fd), names: about.nlink };
  } finally {
    closeSync(fd);
  }
}
