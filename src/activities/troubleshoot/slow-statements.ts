import { countText } from '../../config/text/count-text.ts';
import { plainText } from '../../config/text/plain-text.ts';
import type { Target } from '../../config/schema/target.ts';
import type { SlowStatement } from '../database/index-results.ts';
import { knownNames } from '../database/sqlite/indexes/known-names.ts';
import { withoutValues } from '../database/sqlite/indexes/without-values.ts';
import { driverFor } from '../runtime/driver-for.ts';
import { tailOf } from './tail-of.ts';

export interface SlowStatements {
  /** Those that took most time in all, the worst first. */
  readonly statements: readonly SlowStatement[];
  /** What could not be read: sentences. */
  readonly unread: readonly string[];
  readonly note: string;
}

/** Of each log: some days of an application that logs slow statements only. */
const MAX_BYTES = 8 * 2 ** 20;
const LAST_LINES = 5000;
/** Each of them is run again and again on a copy. */
const MOST = 5;
const LONGEST = 4000;
/** Of lines that are printed for a terminal. None of it can be a quote: what else a terminal obeys may hold some, and stays until all values are gone. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001B\[[\d;]*m/g;

/** `SLOW QUERY 128 ms: select ...`, as docs/troubleshooting.md asks applications to log it, and what comes near to it. */
const LINE =
  /SLOW QUERY\b[^\w\n]{0,20}(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s)\b[^\w\n]{0,20}((?:select|with)\b[^\n]*)/gi;

/** Statements that the application itself logs as slow. Without the values that they were given. */
export async function slowStatements(target: Target): Promise<SlowStatements> {
  const tails = await Promise.all(target.logs.map(({ file }) => tailOf(file, MAX_BYTES)));
  const printed = await lastPrinted(target);
  const texts = [...tails.map(({ text }) => text), printed.text].filter(
    (text) => text !== undefined,
  );
  const unread = [...tails.map(({ why }) => why), printed.why].filter((why) => why !== undefined);
  const found = new Map<string, SlowStatement>();
  // What it prints may be one of its logs, too.
  const lines = new Set(texts.flatMap(slowLines));
  const names: ReadonlySet<string> = lines.size > 0 ? knownNames(target) : new Set();
  for (const line of lines) {
    const one = statementIn(line, names);
    if (!one) continue;
    const { times = 0, milliseconds = 0 } = found.get(one.sql) ?? {};
    const longest = Math.max(milliseconds, one.milliseconds);
    found.set(one.sql, { sql: one.sql, times: times + 1, milliseconds: longest });
  }
  const statements = [...found.values()]
    .toSorted((one, other) => other.times * other.milliseconds - one.times * one.milliseconds)
    .slice(0, MOST);
  return { statements, unread, note: noteOf(statements, found.size, unread) };
}

async function lastPrinted(target: Target): Promise<{ text?: string; why?: string }> {
  try {
    return { text: (await driverFor(target).logs(LAST_LINES)).join('\n') };
  } catch (error) {
    return { why: `What it prints cannot be read: ${(error as Error).message}` };
  }
}

function slowLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.includes('SLOW QUERY') && line.length < LONGEST);
}

function statementIn(line: string, names: ReadonlySet<string>): SlowStatement | undefined {
  const message = messageOf(line).replaceAll(COLOURS, '');
  const [, amount, unit, text] = [...message.matchAll(LINE)][0] ?? [];
  if (amount === undefined || text === undefined) return undefined;
  const milliseconds = Number(amount) * (unit!.toLowerCase() === 's' ? 1000 : 1);
  // First the values, then what a terminal obeys: the other way round, a value could take its own quote along.
  const sql = plainText(withoutValues(text, names), '');
  return { sql, times: 1, milliseconds };
}

/** A log of JSON lines has it in a value. */
function messageOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const values = Object.values(JSON.parse(line) as object);
    return values.find((value) => typeof value === 'string' && value.includes('SLOW QUERY')) ?? '';
  } catch {
    return line;
  }
}

function noteOf(
  statements: readonly SlowStatement[],
  all: number,
  unread: readonly string[],
): string {
  const [worst] = statements;
  const missing = unread.length > 0 ? `. Not read: ${unread.join('; ')}` : '';
  if (!worst) return `No line of its logs says SLOW QUERY${missing}`;
  const { sql, times, milliseconds } = worst;
  const shown = sql.length > 120 ? `${sql.slice(0, 120)}...` : sql;
  return `${countText(all, 'slow statement')}, the worst ${countText(times, 'time')} with up to ${Math.round(milliseconds)} ms: ${shown}${missing}`;
}
