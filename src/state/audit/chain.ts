import { createHash } from 'node:crypto';

/** Where a chain begins. */
export const NOTHING = createHash('sha256').update('').digest('hex');

/** What the audit says of itself where it was found otherwise than it was left. */
export const BROKEN = 'chain broken';
export const UNSIGNED = 'found unsigned';

const PREV = /,"prev":"([0-9a-f]{64})"\}$/;

/** What stands for all lines up to and with this one: every byte of them, and their order. */
export function linked(before: string, line: string): string {
  return createHash('sha256').update(before).update('\n').update(line).digest('hex');
}

/** The line of an event that comes after all that `before` stands for. */
export function chained(line: string, before: string): string {
  return `${line.slice(0, -1)},"prev":"${before}"}`;
}

/** What a line says it comes after. Undefined: it was written by an older version, or it is half a line. */
export function prevOf(line: string): string | undefined {
  return PREV.exec(line)?.[1];
}

/** The event's own line: a retry brings the same one, wherever the chain is by then. */
export function unchained(line: string): string {
  return line.replace(PREV, '}');
}

/** What stands for all lines of a text, of which only the newest part is looked at as long as that is chained. */
export function endOf(lines: readonly string[], before: string): string {
  const last = lines.findLastIndex((line) => prevOf(line) !== undefined);
  const start = last === -1 ? before : prevOf(lines[last]!)!;
  return lines.slice(Math.max(last, 0)).reduce(linked, start);
}

/** Whole lines, and half a one at the end where a power cut left it. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
