import { writeNew } from '../../../os/files/write-new.ts';

/** Lines are written by pieces of this size: a buffer for each of them would be most of the work. */
const PIECE = 256 * 1024;

/**
 * Writes the lines of a table, the first of which are its names, into a file that must not be there. Each letter is one byte.
 * Error: `InvalidInput`.
 */
export function writeRows(
  file: string,
  lines: Iterable<string>,
): { readonly rows: number; readonly bytes: number } {
  let rows = -1;
  const bytes = writeNew(file, pieces());
  return { rows, bytes };

  function* pieces(): Generator<Buffer> {
    let piece = '';
    for (const line of lines) {
      rows += 1;
      piece += line;
      if (piece.length < PIECE) continue;
      yield Buffer.from(piece, 'latin1');
      piece = '';
    }
    yield Buffer.from(piece, 'latin1');
  }
}
