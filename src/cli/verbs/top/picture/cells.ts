import { plainLine } from '../../../../config/text/plain-text.ts';
import { cellsOf, cut as cutPlain } from '../../../../report/cells.ts';

/** Text from outside as a cell of a table: exactly so many cells wide, cut where it is longer. */
export function fit(text: string, cells: number, align: 'left' | 'right' = 'left'): string {
  const short = cut(text, cells);
  const free = ' '.repeat(Math.max(0, cells - cellsOf(short)));
  return align === 'left' ? `${short}${free}` : `${free}${short}`;
}

/** The beginning of a text from outside that is too long, and a sign that there is more. */
export function cut(text: string, cells: number): string {
  return cutPlain(plainLine(text, 500), cells);
}
