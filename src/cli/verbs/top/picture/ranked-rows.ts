import type { Verdict } from '../../../../figures/figure.ts';
import type { StatusLine } from '../../../local/status/status-line.ts';
import { cut } from './cells.ts';
import { type Paint, rowOf } from './row.ts';

/** One row of a picture. Where there is no room, those of higher rank go first. */
export interface Row {
  readonly rank: number;
  readonly text: string;
}

export const ranks = { head: 0, critical: 1, bad: 2, key: 3, line: 4, hint: 5, more: 6 } as const;

/** The rank of what is said with a verdict; of what is well, `otherwise`. */
export function rankOf(verdict: Verdict, otherwise: number): number {
  if (verdict === 'critical') return ranks.critical;
  return verdict === 'ok' ? otherwise : ranks.bad;
}

/** So many of them as there is room for, in their order; how many are missing stands in the last one. */
export function chosenRows(rows: readonly Row[], room: number, columns: number): string[] {
  if (rows.length <= room) return rows.map(({ text }) => text);
  if (room < 1) return [];
  const shown = Math.max(1, room - 1);
  const kept = new Set(rows.toSorted((one, other) => one.rank - other.rank).slice(0, shown));
  const texts = rows.filter((row) => kept.has(row)).map(({ text }) => text);
  return room === 1 ? texts : [...texts, cut(`… ${rows.length - shown} more`, columns)];
}

/** What to type next, where something is not well. */
export function hintRows(
  line: Pick<StatusLine, 'verdict' | 'hint'> | undefined,
  columns: number,
  paint: Paint,
): Row[] {
  if (line?.hint === undefined || line.verdict === 'ok') return [];
  const cells = [{ text: '', drawn: true as const }, { text: `Try: ${line.hint}` }];
  return [{ rank: ranks.hint, text: rowOf(cells, columns, paint) }];
}
