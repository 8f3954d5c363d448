import { styleText } from 'node:util';
import { plainLine } from '../../config/text/plain-text.ts';
import type { Ledger, LedgerLine, LineState } from '../../engine/run/ledger.ts';

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

/**
 * The lines of a ledger: mark, number, title, seconds, note. `stream` decides on colours. A line longer than `columns`
 * is cut, or has its note below it.
 */
export function ledgerText(
  ledger: Ledger,
  stream: NodeJS.WritableStream,
  columns = Infinity,
  tooLong: 'cut' | 'below' = 'below',
): string[] {
  const width = Math.max(...ledger.map(({ title }) => title.length));
  return ledger.map((line) => lineText(line, stream, width, columns, tooLong));
}

function lineText(
  line: LedgerLine,
  stream: NodeJS.WritableStream,
  width: number,
  columns: number,
  tooLong: 'cut' | 'below',
): string {
  const [mark, style] = marks[line.state];
  const number = String(line.number).padStart(2);
  const note = plainLine(line.note ?? '');
  const detail = [silent.has(line.state) ? '' : stateText(line), note].filter(Boolean).join(': ');
  const head =
    `${mark} ${number} ${plainLine(line.title).padEnd(width)} ${seconds(line).padStart(9)}`.trimEnd();
  const whole = detail ? `${head.padEnd(width + 15)}  ${detail}` : head;
  const text = tooLong === 'cut' ? cut(whole, columns) : whole;
  return styleText(style, text.length > columns ? `${head}\n${INDENT}${detail}` : text, { stream });
}

const awaited = { decision: 'a decision', approval: 'an approval', resume: 'a resume' } as const;

function stateText({ state, waiting }: LedgerLine): string {
  if (!waiting) return state;
  const until = waiting.until ? ` until ${waiting.until.slice(11, 19)} UTC` : '';
  return `waits for ${awaited[waiting.for]}${until}`;
}

/** The beginning of a text that is too long, and a sign that there is more. */
export function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(columns - 1, 0))}…` : text;
}

function seconds({ startedAt, finishedAt }: LedgerLine): string {
  if (!startedAt || !finishedAt) return '';
  return `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(2)} s`;
}
