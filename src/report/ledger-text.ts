import { styleText } from 'node:util';
import type { Ledger, LedgerLine, LineState } from '../engine/ledger.ts';

type Style = Parameters<typeof styleText>[0];

const marks: Readonly<Record<LineState, readonly [mark: string, style: Style]>> = {
  pending: ['.', 'dim'],
  running: ['>', 'cyan'],
  done: ['✓', 'green'],
  failed: ['✗', 'red'],
  undone: ['↩', 'yellow'],
  left: ['!', 'red'],
  omitted: ['-', 'dim'],
  unreached: ['.', 'dim'],
};

/** One line of text a line of the ledger: mark, number, title, seconds, note. `stream` decides on colours. */
export function ledgerText(ledger: Ledger, stream: NodeJS.WritableStream): string[] {
  const width = Math.max(...ledger.map(({ title }) => title.length));
  return ledger.map((line) => ledgerLineText(line, stream, width));
}

export function ledgerLineText(line: LedgerLine, stream: NodeJS.WritableStream, width = 0): string {
  const [mark, style] = marks[line.state];
  const number = String(line.number).padStart(2);
  const silent = line.state === 'done' || line.state === 'pending';
  const words = [silent ? '' : line.state, line.note ?? ''].filter(Boolean).join(': ');
  const text = `${mark} ${number} ${line.title.padEnd(width)} ${seconds(line).padStart(8)}  ${words}`;
  return styleText(style, text.trimEnd(), { stream });
}

function seconds({ startedAt, finishedAt }: LedgerLine): string {
  if (!startedAt || !finishedAt) return '';
  return `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(2)} s`;
}
