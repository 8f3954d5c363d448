import { writeNew } from '../../os/files/write-new.ts';

/** Writes the lines of a table, the first of which are its names, into a file that must not be there. Error: `InvalidInput`. */
export function writeRows(
  file: string,
  lines: Iterable<Buffer>,
): { readonly rows: number; readonly bytes: number } {
  let rows = -1;
  const bytes = writeNew(file, counted());
  return { rows, bytes };

  function* counted(): Generator<Buffer> {
    for (const line of lines) {
      rows += 1;
      yield line;
    }
  }
}
