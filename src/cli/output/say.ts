import { plainText, styledText } from '../../config/text/plain-text.ts';

interface Options {
  /** Our own colours stay: what comes from outside is plain in it already. */
  readonly styled?: boolean;
}

/**
 * Prose goes to stderr, so that stdout stays one JSON value with `--json`. Whatever it quotes, it does nothing to the terminal: here,
 * for all verbs at once, because each quotes something that somebody else wrote.
 */
export function say(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${plainText(line)}\n`);
}

/** The same with our own colours. */
export function sayStyled(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${styledText(line)}\n`);
}

/** The answer itself. */
export function print(text: string, { styled = false }: Options = {}): void {
  process.stdout.write(`${styled ? styledText(text) : plainText(text)}\n`);
}

/** What JSON leaves as it is, and a terminal does not: read, it is the same value. */
const UNSEEN = /[\u007F-\u009F\p{Cf}\u2028\u2029]/gu;

export function printJson(value: unknown): void {
  const text = JSON.stringify(value, undefined, 2) ?? 'null';
  process.stdout.write(`${text.replaceAll(UNSEEN, escaped)}\n`);
}

function escaped(letter: string): string {
  // One of them may have two units.
  return Array.from({ length: letter.length }, (_, at) => unit(letter.charCodeAt(at))).join('');
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
