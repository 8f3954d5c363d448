import { styleText } from 'node:util';
import { plainLine } from '../../config/text/plain-text.ts';
import type { Ledger, LedgerLine, LineState } from '../../engine/run/ledger.ts';
import { cellsOf, cut, padCells } from '../cells.ts';
import { durationText } from '../times.ts';

type Style = Parameters<typeof styleText>[0];

const marks: Readonly<Record<LineState, readonly [mark: string, style: Style]>> = {
  pending: ['.', 'dim'],
  running: ['>', 'cyan'],
  waiting: ['?', 'yellow'],
  done: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['-', 'yellow'],
  undone: ['↩', 'yellow'],
  left: ['!', 'red'],
  omitted: ['-', 'dim'],
  planned: ['.', 'cyan'],
  unreached: ['.', 'dim'],
};

/** As far as the titles. */
const INDENT = '     ';

/** States that the mark alone shows. */
const silent: ReadonlySet<LineState> = new Set(['done', 'pending', 'unreached']);

interface TextOptions {
  /** Cells of a terminal. */
  readonly columns?: number;
  /** What becomes of a line that is longer: it is cut, or has its note below it. */
  readonly tooLong?: 'cut' | 'below';
  /** In ms since 1970: what works tells how long it has until now. Missing: it does not tell. */
  readonly now?: number | undefined;
  /** What a step took before, in ms, by its id. */
  readonly usual?: ReadonlyMap<string, number> | undefined;
}

/** The lines of a ledger: mark, number, title, seconds, note. `stream` decides on colours. */
export function ledgerText(
  ledger: Ledger,
  stream: NodeJS.WritableStream,
  options: TextOptions = {},
): string[] {
  const width = Math.max(...ledger.map(({ title }) => cellsOf(plainLine(title))));
  return ledger.map((line) => lineText(line, stream, width, options));
}

function lineText(
  line: LedgerLine,
  stream: NodeJS.WritableStream,
  width: number,
  { columns = Infinity, tooLong = 'below', now, usual }: TextOptions,
): string {
  const [mark, style] = marks[line.state];
  const number = String(line.number).padStart(2);
  const note = plainLine(line.note ?? '');
  const state = silent.has(line.state) ? '' : stateText(line, usual?.get(line.id));
  const detail = [state, note].filter(Boolean).join(': ');
  const head =
    `${mark} ${number} ${padCells(plainLine(line.title), width)} ${seconds(line, now).padStart(9)}`.trimEnd();
  const whole = detail ? `${padCells(head, width + 15)}  ${detail}` : head;
  const text = tooLong === 'cut' ? cut(whole, columns) : whole;
  const isTooLong = cellsOf(text) > columns;
  return styleText(style, isTooLong ? `${head}\n${INDENT}${detail}` : text, { stream });
}

const awaited = { decision: 'a decision', approval: 'an approval', resume: 'a resume' } as const;

function stateText({ state, waiting }: LedgerLine, usual: number | undefined): string {
  if (state === 'running' && usual !== undefined) return `running, usually ${durationText(usual)}`;
  if (!waiting) return state;
  const until = waiting.until ? ` until ${waiting.until.slice(11, 19)} UTC` : '';
  return `waits for ${awaited[waiting.for]}${until}`;
}

function seconds({ state, startedAt, finishedAt }: LedgerLine, now: number | undefined): string {
  if (!startedAt) return '';
  if (finishedAt)
    return `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(2)} s`;
  // Whole seconds: they move, and no clock of another host is believed to be exact.
  if (now === undefined || state !== 'running') return '';
  return elapsed(Math.max(now - Date.parse(startedAt), 0));
}

function elapsed(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (whole < 60) return `${whole} s`;
  const clock = `${minutes}:${String(rest).padStart(2, '0')}`;
  return hours === 0 ? `${clock} min` : `${hours}:${clock.padStart(5, '0')} h`;
}
