import type { LogFile } from '../../../config/schema/logs.ts';
import { accessEntry } from './access-entry.ts';
import type { Entry } from './entry.ts';
import { jsonEntry } from './json-entry.ts';
import { beginsEntry, exceptionIn, HEAD_LETTERS, pythonHead } from './python/python-head.ts';
import { openScanner, type Scanner } from './scanner.ts';
import { stampsIn } from './stamps.ts';

/** One entry as people read it. */
export interface LogText extends Entry {
  /** All its lines, from outside. */
  readonly text: string;
  /** Its lines belong to the entry before it, which was taken already. */
  readonly goesOn?: true;
}

/** Letters of an entry that are shown. */
const LETTERS = 65_536;

/** Gives every entry of a log, whatever it says. */
export function openRecordScanner(
  log: Pick<LogFile, 'format' | 'timezone'>,
  take: (record: LogText) => void,
): Scanner {
  const nothing = () => {};
  const counted = openScanner(log, {
    entry: nothing,
    bytes: nothing,
    stranger: nothing,
  });
  const stamps = stampsIn(log.timezone);
  return {
    lastEntry: (piece) => counted.lastEntry(piece),
    stampOf: (piece, start) => counted.stampOf(piece, start),
    scan(region) {
      const lines = region.toString('utf8').split('\n');
      if (lines.at(-1) === '') lines.pop();
      if (log.format === 'json' || log.format === 'access')
        for (const line of lines) takeLine(line);
      else takeEntries(lines);
    },
  };

  function takeLine(line: string): void {
    const read = log.format === 'json' ? jsonEntry : accessEntry;
    const entry = line.length > LETTERS ? undefined : read(line, stamps);
    take({ at: NaN, message: line, ...entry, text: line.slice(0, LETTERS) });
  }

  function takeEntries(lines: readonly string[]): void {
    for (let start = 0; start < lines.length;) {
      let end = start + 1;
      while (end < lines.length && !beginsEntry(lines[end]!.slice(0, 40))) end += 1;
      takeEntry(lines.slice(start, end));
      start = end;
    }
  }

  function takeEntry(lines: readonly string[]): void {
    const head = pythonHead(lines[0]!.slice(0, HEAD_LETTERS), stamps);
    const goesOn = !beginsEntry(lines[0]!.slice(0, 40));
    const type = exceptionIn(goesOn ? lines : lines.slice(1));
    const uncaught = type !== undefined && head.level === undefined;
    take({
      ...head,
      ...(uncaught && { level: 'error' as const }),
      ...(type !== undefined && { type }),
      ...(goesOn && { goesOn: true as const }),
      text: lines.join('\n').slice(0, LETTERS),
    });
  }
}
