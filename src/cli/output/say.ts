import { plainText, styledText } from '../../config/text/plain-text.ts';
import { logFormat } from './log-format.ts';
import { bounded, type LogAbout, type LogRecord, recordJson, visible } from './log-record.ts';

interface Options {
  /** Our own colours stay: what comes from outside is plain in it already. */
  readonly styled?: boolean;
}

/**
 * Prose goes to stderr, so that stdout stays one JSON value with `--json`. Whatever it quotes, it does nothing to the terminal: here,
 * for all verbs at once, because each quotes something that somebody else wrote.
 */
export function say(...lines: readonly string[]): void {
  sayOf({}, ...lines);
}

/** The same, by who knows what it is about: a log of JSON has it in fields of its own. */
export function sayOf(about: LogAbout, ...lines: readonly string[]): void {
  const format = logFormat();
  if (format === 'json')
    for (const record of recordsOf(lines, about)) writeLine(recordJson(record));
  else for (const line of lines) writeLine(plainText(format ? bounded(line) : line));
}

/** A line of the log that tells when it was said. What goes wrong, unless `about` says otherwise. */
export function sayNews(
  line: string,
  { level = 'WARN', ...about }: LogAbout & Partial<Pick<LogRecord, 'level'>> = {},
): void {
  const time = new Date().toISOString();
  if (logFormat() === 'json') writeLine(recordJson({ time, level, message: line, ...about }));
  else writeLine(plainText(`${time} ${bounded(line)}`));
}

/** The same with our own colours. */
export function sayStyled(...lines: readonly string[]): void {
  for (const line of lines) writeLine(styledText(line));
}

/** A line of the log that has been made already: see `recordJson`. */
export function writeLine(line: string): void {
  process.stderr.write(`${line}\n`);
}

const LEVELS = { Warning: 'WARN', Error: 'ERROR' } as const;

/** "Warning: " and "Error: " are levels, and "Try: " is what to do about the line before it. */
function recordsOf(lines: readonly string[], about: LogAbout): LogRecord[] {
  const time = new Date().toISOString();
  const records: LogRecord[] = [];
  for (const line of lines) {
    const before = records.at(-1);
    if (before && line.startsWith('Try: '))
      records[records.length - 1] = { ...before, hint: line.slice('Try: '.length) };
    else if (line !== '') records.push({ time, ...levelOf(line), ...about });
  }
  return records;
}

function levelOf(line: string): Pick<LogRecord, 'level' | 'message'> {
  const [, word, message] = /^(Warning|Error): ([^]*)$/.exec(line) ?? [];
  return word === undefined
    ? { level: 'INFO', message: line }
    : { level: LEVELS[word as keyof typeof LEVELS], message: message! };
}

/** The answer itself. */
export function print(text: string, { styled = false }: Options = {}): void {
  process.stdout.write(`${styled ? styledText(text) : plainText(text)}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${visible(JSON.stringify(value, undefined, 2) ?? 'null')}\n`);
}
