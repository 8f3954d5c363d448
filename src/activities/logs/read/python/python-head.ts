import { alertsIn, type Entry, failedLogin } from '../entry.ts';
import type { Stamps } from '../stamps.ts';

/** Letters of a line that are read: what stands further behind is no level, and little of it is shown. */
export const HEAD_LETTERS = 2000;
/** Where a level stands that is one: before the message. */
export const LEVEL_LETTERS = 300;

export const levelWords = [
  'CRITICAL',
  'FATAL',
  'ERROR',
  'WARNING',
  'WARN',
  'INFO',
  'DEBUG',
  'NOTSET',
] as const;
const LEVEL = new RegExp(String.raw`(?<![\w.])(${levelWords.join('|')})(?!\w)`);
const BEGINS =
  /^(?:\[?\d{4}-\d\d-\d\d[ T]\d\d:|\[?(?:CRITICAL|FATAL|ERROR|WARNING|WARN|INFO|DEBUG)[\]: ])/;
const SEPARATORS = /^[\s\-:|\])]+/;
const NAME_BEFORE = /([\w.]+)[\s\-:|[(]+$/;
const NAME_BEHIND = /^:([\w.]+):/;
const EXCEPTION = /^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::| *$)/;

export const LEVELS: Readonly<Record<string, Entry['level']>> = {
  CRITICAL: 'error',
  FATAL: 'error',
  ERROR: 'error',
  WARNING: 'warning',
  WARN: 'warning',
};

/** Whether a line begins an entry: one that goes on with the last, such as a traceback's, does not. */
export function beginsEntry(text: string): boolean {
  return BEGINS.test(text);
}

/** The level of an entry, by its first line. Undefined: it has none that counts. */
export function levelIn(text: string): Entry['level'] {
  const found = foundLevel(text);
  return found ? LEVELS[found[1]!] : undefined;
}

function foundLevel(text: string): RegExpExecArray | null {
  return LEVEL.exec(text.length > LEVEL_LETTERS ? text.slice(0, LEVEL_LETTERS) : text);
}

/** The first line of an entry, in whatever layout has a stamp or a level before its message. */
export function pythonHead(text: string, stamps: Stamps): Entry {
  const at = stamps.leading(text);
  const found = foundLevel(text);
  const alerts = alertsIn(text);
  const login = failedLogin(text);
  const level = found ? LEVELS[found[1]!] : undefined;
  const entry: Writable<Entry> = { at, message: text };
  // For each hit in a gigabyte: spreading objects would take as long as all of the search.
  if (level) entry.level = level;
  if (level === 'error') {
    const from = found!.index;
    const to = from + found![0].length;
    entry.message = messageBehind(text, to);
    entry.type = withoutException(text, from, to);
  }
  if (alerts) entry.alerts = alerts;
  if (login !== undefined) entry.login = login;
  return entry;
}

type Writable<One> = { -readonly [Key in keyof One]: One[Key] };

/** Behind a level that ends at `to`. */
export function messageBehind(text: string, to: number): string {
  const behind = text.slice(to);
  const own = behind.startsWith(':') ? behind.replace(NAME_BEHIND, '') : behind;
  return own.replace(SEPARATORS, '');
}

/** Of an error without a traceback: who tells of it. Its level stands from `from` to `to`. */
export function withoutException(text: string, from: number, to: number): string {
  const head = text.slice(0, from).replace(/^\[?[\d\-T:., ]+Z?\]?/, '');
  const behind = text.slice(to);
  const name = NAME_BEHIND.exec(behind)?.[1] ?? NAME_BEFORE.exec(head)?.[1];
  return name === undefined ? 'no exception' : `no exception, of ${name}`;
}

/** The class of the last exception in the lines that follow the first of an entry. Of a chain it is the one that came out. */
export function exceptionIn(lines: readonly string[]): string | undefined {
  let inside = false;
  let type: string | undefined;
  for (const line of lines) {
    if (line.startsWith('Traceback (most recent call last)')) inside = true;
    else if (inside && !/^[\s|+]/.test(line)) {
      const found = EXCEPTION.exec(line)?.[1];
      if (found === undefined) continue;
      type = found;
      inside = false;
    }
  }
  return type;
}
