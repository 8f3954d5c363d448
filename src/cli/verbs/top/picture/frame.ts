import { timeText } from '../../../../report/times.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import type { Verdict } from '../../../../figures/figure.ts';
import { cellsOf } from '../../../../report/cells.ts';
import { detailRows } from './detail-rows.ts';
import { listRows } from './list-rows.ts';
import { chosenRows, type Row } from './ranked-rows.ts';
import { type Paint, rowOf } from './row.ts';
import { type TopState, verdictOf } from '../top-state.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const KEYS = 'q quit  p pause  ? help';
const KEYS_OF_SEVERAL = 'q quit  p pause  ↑↓ target  ? help';

const HELP = `
q, Ctrl-C     quit
p, Space      pause: the picture stays as it is; the same goes on
↑ ↓ ← → k j   show another target in full
?, h          this help; Esc leaves it
Ctrl-L        draw all anew
Ctrl-Z        back to the shell; fg brings it back

It measures nothing itself: figures are those that the
target's worker has measured last, with their age. "old": it
was not measured of late, and nobody knows how it is now.
A sparkline shows the highest of each moment, from 0 to the
highest of all; a ratio from 0 to 100 %. A gap was not measured.
Runs, incidents and next starts are asked of Temporal.`.slice(1);

/** A picture of exactly `rows` lines, none of them wider than `columns`. */
export function frame(state: TopState, { columns, rows }: Size, paint: Paint): string[] {
  const hasFoot = rows >= 6;
  const room = Math.max(0, rows - 1 - (hasFoot ? 1 : 0));
  const body = state.isHelp
    ? helpLines(columns, paint)
    : bodyLines(state, { columns, rows: room }, paint);
  const filled = Array.from({ length: room }, (_, index) => body[index] ?? '');
  const head = headLine(state, columns, paint);
  return [head, ...filled, ...(hasFoot ? [footLine(state, columns, paint)] : [])].slice(0, rows);
}

/** The same once, as long as it is, with every target in full. */
export function wholePicture(state: TopState, columns: number, paint: Paint): string[] {
  const list =
    state.targets.length > 1 ? ['', ...listRows({ ...state, selected: -1 }, columns, paint)] : [];
  const details = state.targets.flatMap((seen) => [
    '',
    ...detailRows(seen, state, columns, paint).map(({ text }) => text),
  ]);
  return [headLine(state, columns, paint), ...list, ...details].map((line) => line.trimEnd());
}

function bodyLines(state: TopState, { columns, rows }: Size, paint: Paint): string[] {
  const selected = state.targets[state.selected];
  if (!selected) return [];
  const details: Row[] = detailRows(selected, state, columns, paint);
  if (state.targets.length === 1) return chosenRows(details, rows, columns);
  const [titles, ...all] = listRows(state, columns, paint);
  const least = Math.min(all.length + 1, Math.floor(rows / 2));
  const free = rows - details.length - 1;
  const room = Math.max(0, Math.max(least, Math.min(all.length + 1, free)) - 1);
  const first = Math.min(Math.max(0, state.selected - Math.floor(room / 2)), all.length - room);
  const list = room > 0 ? [titles!, ...all.slice(first, first + room)] : [];
  const rest = rows - list.length;
  const line = rest > details.length || rows > 16 ? [''] : [];
  return [...list, ...line, ...chosenRows(details, rest - line.length, columns)];
}

const FROM_WORST: readonly Verdict[] = ['critical', 'unknown', 'warning', 'ok'];

/** How many targets stand how, and when that was. */
function headLine(
  { targets, asked, at, isPaused }: TopState,
  columns: number,
  paint: Paint,
): string {
  const verdicts = targets.map((seen) => verdictOf(seen, asked?.get(seen.target)));
  const counts = FROM_WORST.map((verdict) => ({
    verdict,
    count: verdicts.filter((one) => one === verdict).length,
  })).filter(({ count }) => count > 0);
  const told = counts.map(({ verdict, count }) => `${count} ${verdict}`).join(', ');
  const time = timeText(new Date(at).toISOString());
  const left =
    targets.length === 1
      ? `${targets[0]!.target}: ${counts[0]?.verdict}`
      : `${targets.length} targets: ${told}`;
  const text = isPaused ? `paused  ${left}` : left;
  const width = Number.isFinite(columns) ? columns - time.length - 2 : cellsOf(text);
  const cells = width < cellsOf(text) ? [{ text }] : [{ text, width }, { text: time }];
  return paint(
    'bold',
    rowOf(cells, columns, (_, one) => one),
  );
}

function footLine({ targets, every }: TopState, columns: number, paint: Paint): string {
  const keys = targets.length > 1 ? KEYS_OF_SEVERAL : KEYS;
  const often = `each ${every / inMilliseconds('1s')} s`;
  return paint(
    'dim',
    rowOf([{ text: `${keys}  ${often}` }], columns, (_, one) => one),
  );
}

function helpLines(columns: number, paint: Paint): string[] {
  return HELP.split('\n').map((text) => rowOf([{ text }], columns, paint));
}
