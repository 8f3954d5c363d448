/** Rows of words as lines. Each column is as wide as its longest word; the last word of a row takes the room it needs. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => (column < row.length - 1 ? row[column]!.length : 0))),
  );
  return rows.map((row) =>
    row
      .map((word, column) => word.padEnd(column < row.length - 1 ? widths[column]! : 0))
      .join('  ')
      .trimEnd(),
  );
}
