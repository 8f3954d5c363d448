import { alertsIn, type Entry } from './entry.ts';
import { beginsEntry, exceptionIn, HEAD_LETTERS, levelIn, pythonHead } from './python-head.ts';
import type { Stamps } from './stamps.ts';

interface Options {
  readonly stamps: Stamps;
  readonly take: (entry: Entry) => void;
  /** The level of the entry to which the first lines of the region may belong. */
  readonly open: Entry['level'];
  /** A text without a layout: a level is whatever line has its word. */
  readonly words: boolean;
}

const NEWLINE = 10;
const SPACE = 32;
/** Lines of a traceback that are read. */
const TRACE_LINES = 2000;
const TRACE_BYTES = 256 * 1024;

/**
 * What is searched for: of each word the part that begins with its rarest letter, for a search costs as much as its first letter is frequent
 * in a log. `E` is in every DEBUG, `T` in every GET, `O` in every INFO. No line without one of these is looked at; a line that has one by
 * accident says nothing, and costs little. Of at most 6 letters: from 7 on Node looks for the last ones.
 */
const NEEDLES = [
  'RROR', // ERROR
  'WARN', // and WARNING
  'CRIT', // CRITICAL
  '(most', // of the first line of a traceback
  'QUERY', // SLOW QUERY
  'MEMORY', // HIGH MEMORY
  'MEOUT', // TIMEOUT
  'Failed', // login
].map((text) => Buffer.from(text));
/** Python writes CRITICAL for it. */
const WORDS = [...NEEDLES, Buffer.from('FATAL')];

/** Takes every entry of a region of whole lines that is worth counting. Answers the level of the last one. */
export function scanPython(region: Buffer, { stamps, take, open, words }: Options): Entry['level'] {
  const needles = words ? WORDS : NEEDLES;
  const next = needles.map((needle) => region.indexOf(needle));
  let done = 0;
  for (;;) {
    const hit = nearest(next);
    if (hit < 0) break;
    const start = region.lastIndexOf(NEWLINE, hit) + 1;
    const end = endOf(region, start);
    const text = textOf(region, start, end);
    done = beginsEntry(text) ? entryAt(end, text) : continuation(start, end, text, done);
    // No iterator: this is done for every hit.
    for (let index = 0; index < needles.length; index += 1) {
      const found = next[index]!;
      if (found >= 0 && found < done) next[index] = region.indexOf(needles[index]!, done);
    }
  }
  const last = headBefore(region, region.length, 0);
  return last === undefined ? open : levelIn(last);

  function entryAt(end: number, text: string): number {
    const head = pythonHead(text, stamps);
    const counts = head.level ?? head.alerts ?? head.login;
    if (head.level === 'error') {
      const { lines, end: last } = linesBehind(region, end);
      const type = exceptionIn(lines);
      take(type === undefined ? head : { ...head, type });
      return last;
    }
    if (counts !== undefined) take(head);
    return end + 1;
  }

  /** A traceback that belongs to no line that was counted; or, in a text without a layout, any line with such a word. */
  function continuation(start: number, end: number, text: string, from: number): number {
    const level = /\b(?:ERROR|CRITICAL|FATAL)\b/.test(text)
      ? 'error'
      : /\bWARN(?:ING)?\b/.test(text)
        ? 'warning'
        : undefined;
    const alerts = alertsIn(text);
    if (words && (level ?? alerts) !== undefined) {
      take({
        at: NaN,
        message: text,
        ...(level && { level }),
        ...(level === 'error' && { type: 'no exception' }),
        ...(alerts && { alerts }),
      });
      return end + 1;
    }
    if (!text.startsWith('Traceback (most recent call last)')) return end + 1;
    const head = headBefore(region, start, from);
    const counted = head === undefined ? open : levelIn(head);
    const { lines, end: last } = linesBehind(region, end);
    if (counted !== undefined) return last;
    const type = exceptionIn([text, ...lines]);
    take({
      at: head === undefined ? NaN : stamps.leading(head),
      level: 'error',
      message: lines.findLast((line) => line !== '' && !/^\s/.test(line)) ?? text,
      type: type ?? 'no exception',
    });
    return last;
  }
}

function nearest(next: readonly number[]): number {
  let hit = -1;
  for (const one of next) if (one >= 0 && (hit < 0 || one < hit)) hit = one;
  return hit;
}

function endOf(region: Buffer, start: number): number {
  const found = region.indexOf(NEWLINE, start);
  return found < 0 ? region.length : found;
}

function textOf(region: Buffer, start: number, end: number): string {
  const text = region.toString('utf8', start, Math.min(end, start + HEAD_LETTERS));
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** The lines behind the first of an entry that belong to it, but for those that are indented, and where the next entry begins. */
function linesBehind(
  region: Buffer,
  end: number,
): { readonly lines: string[]; readonly end: number } {
  const lines: string[] = [];
  let start = end + 1;
  for (let count = 0; start < region.length && start - end < TRACE_BYTES; count += 1) {
    const last = endOf(region, start);
    // Most lines of a traceback are indented: they begin no entry, and name no exception.
    if (region[start] !== SPACE) {
      const text = textOf(region, start, last);
      if (beginsEntry(text)) break;
      if (count < TRACE_LINES) lines.push(text);
    }
    start = last + 1;
  }
  return { lines, end: start };
}

/** The first line of the entry to which the line at `start` belongs. Undefined: it began before the region. */
function headBefore(region: Buffer, start: number, from: number): string | undefined {
  let end = start - 1;
  for (let count = 0; count < TRACE_LINES && end > 0 && start - end < TRACE_BYTES; count += 1) {
    const first = region.lastIndexOf(NEWLINE, end - 1) + 1;
    const text = textOf(region, first, end);
    if (beginsEntry(text)) return text;
    if (first === 0 || first < from) return undefined;
    end = first - 1;
  }
  return undefined;
}
