import { alertsIn, type Counted, type Entry } from '../entry.ts';
import { lineInBytes } from './line-bytes.ts';
import { alertAt, COMPLAINTS, hitFrom, MORE, NEEDLES } from './needles.ts';
import {
  beginsEntry,
  exceptionIn,
  HEAD_LETTERS,
  levelIn,
  messageBehind,
  pythonHead,
  withoutException,
} from './python-head.ts';
import type { Stamps } from '../stamps.ts';

interface Options {
  readonly stamps: Stamps;
  readonly take: (entry: Counted) => void;
  /** A text without a layout: a level is whatever line has its word. */
  readonly words: boolean;
}

const NEWLINE = 10;
const SPACE = 32;
/** Of Python's stamp: what stands behind it is searched for a level. */
const STAMP_BYTES = 23;
const NEAR = 80;
/** Lines of a traceback that are read. */
const TRACE_LINES = 2000;
const TRACE_BYTES = 256 * 1024;

/** Takes every entry that is worth counting of regions of whole lines, which follow one another. */
export function openPythonScan({ stamps, take, words }: Options): (region: Buffer) => void {
  const needles = words ? MORE : NEEDLES;
  /** Of each needle where it is next. Made once, as all functions here are: a processor of JavaScript makes fast code of what stays. */
  const next = new Int32Array(needles.length);
  let region: Buffer = Buffer.alloc(0);
  /** The level of the entry to which the first lines of the region may belong. */
  let open: Entry['level'];

  return (lines) => {
    region = lines;
    for (let index = 0; index < needles.length; index += 1)
      next[index] = hitFrom(lines, needles[index]!, 0);
    let done = 0;
    for (;;) {
      const hit = nearest(next);
      if (hit < 0) break;
      const start = startOf(lines, hit);
      done = usualEntry(start) || otherEntry(start, done);
      // No iterator: this is done for every hit.
      for (let index = 0; index < needles.length; index += 1) {
        const found = next[index]!;
        if (found >= 0 && found < done) next[index] = hitFrom(lines, needles[index]!, done);
      }
    }
    const last = headBefore(lines, lines.length, 0);
    if (last !== undefined) open = levelIn(last);
  };

  /** A line as nearly all are, seen in its bytes. Answers where to go on, as the others do. 0: it has to be read as text. */
  function usualEntry(start: number): number {
    const at = stamps.leadingBytes(region, start);
    if (Number.isNaN(at)) return 0;
    const line = lineInBytes(region, start, start + STAMP_BYTES);
    if (!line || line.mayTellLogin) return 0;
    const { level, from, to, end } = line;
    const alerts = alertsOf(end);
    if (level !== 'error') {
      if (level ?? alerts) take({ at, level, message: undefined, type: undefined, alerts });
      return end + 1;
    }
    const text = textOf(region, start, end);
    const { lines, end: last } = linesBehind(end);
    const type = exceptionIn(lines) ?? withoutException(text, from - start, to - start);
    const message = messageBehind(text, to - start);
    take({ at, level, message, type, alerts });
    return last;
  }

  /** By where the needles are. */
  function alertsOf(end: number): string[] | undefined {
    let found: string[] | undefined;
    for (let index = 0; index < COMPLAINTS.length; index += 1) {
      const needle = COMPLAINTS[index]!;
      let at = next[index]!;
      for (; at >= 0 && at < end; at = hitFrom(region, needle, at + 1)) {
        const alert = alertAt(region, needle, at)!;
        if (!found?.includes(alert)) (found ??= []).push(alert);
      }
      next[index] = at;
    }
    return found;
  }

  function otherEntry(start: number, from: number): number {
    const end = endOf(region, start);
    const text = textOf(region, start, end);
    return beginsEntry(text) ? entryAt(end, text) : continuation(start, end, text, from);
  }

  function entryAt(end: number, text: string): number {
    const head = pythonHead(text, stamps);
    const counts = head.level ?? head.alerts ?? head.login;
    if (head.level === 'error') {
      const { lines, end: last } = linesBehind(end);
      const type = exceptionIn(lines);
      take(type === undefined ? head : { ...head, type });
      return last;
    }
    if (counts !== undefined) take(head);
    return end + 1;
  }

  /** The lines behind the first of an entry that belong to it, but for those that are indented, and where the next entry begins. */
  function linesBehind(end: number): { readonly lines: string[]; readonly end: number } {
    const lines: string[] = [];
    let start = end + 1;
    for (let count = 0; start < region.length && start - end < TRACE_BYTES; count += 1) {
      if (!Number.isNaN(stamps.leadingBytes(region, start))) break;
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
    const { lines, end: last } = linesBehind(end);
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

function nearest(next: Int32Array): number {
  let hit = -1;
  for (let index = 0; index < next.length; index += 1) {
    const one = next[index]!;
    if (one >= 0 && (hit < 0 || one < hit)) hit = one;
  }
  return hit;
}

/** The level of most lines, by which they were found, stands near to their beginning. */
function startOf(region: Buffer, hit: number): number {
  const near = Math.max(0, hit - NEAR);
  for (let index = hit - 1; index >= near; index -= 1)
    if (region[index] === NEWLINE) return index + 1;
  return near === 0 ? 0 : region.lastIndexOf(NEWLINE, near) + 1;
}

function endOf(region: Buffer, start: number): number {
  const found = region.indexOf(NEWLINE, start);
  return found < 0 ? region.length : found;
}

function textOf(region: Buffer, start: number, end: number): string {
  const text = region.toString('utf8', start, Math.min(end, start + HEAD_LETTERS));
  return text.endsWith('\r') ? text.slice(0, -1) : text;
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
