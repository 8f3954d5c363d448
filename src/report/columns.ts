import { cellsOf, padCells } from './cells.ts';

/** Rows of cells as lines. Each column is as wide as its longest cell; the last cell of a row is as wide as it is. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => (column < row.length - 1 ? cellsOf(row[column]!) : 0))),
  );
  return rows.map((row) =>
    row
      .map((word, column) => padCells(word, column < row.length - 1 ? widths[column]! : 0))
      .join('  ')
      .trimEnd(),
  );
}
