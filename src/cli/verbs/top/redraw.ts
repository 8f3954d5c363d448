/** From CSI ?2026h to CSI ?2026l a terminal shows nothing in between: no half picture. Those that do not know it take no notice. */
const BEGIN = '\u001B[?2026h';
const END = '\u001B[?2026l';
const CLEAR = '\u001B[2J';
/** Before a row is written: after it, a cursor that stands on the last cell would take that away, too. */
const CLEAR_ROW = '\u001B[0m\u001B[K';
const PLAIN = '\u001B[0m';

/** What to write to a terminal so that it shows `after`. `before` undefined: nobody knows what it shows. */
export function redraw(before: readonly string[] | undefined, after: readonly string[]): string {
  const rows = Array.from({ length: Math.max(after.length, before?.length ?? 0) }, (_, row) => row);
  const changed = rows.filter((row) => !before || before[row] !== after[row]);
  if (before && changed.length === 0) return '';
  const drawn = changed.map((row) => `\u001B[${row + 1};1H${CLEAR_ROW}${after[row] ?? ''}${PLAIN}`);
  return `${BEGIN}${before ? '' : CLEAR}${drawn.join('')}${END}`;
}
