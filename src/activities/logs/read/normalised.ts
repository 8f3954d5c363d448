import { plainLine } from '../../../config/text/plain-text.ts';

/** Letters of a message that tell its sort. */
const LETTERS = 160;

const QUOTED = /"[^"]*"|(?<!\w)'[^']*'(?!\w)/g;

/** A message without what differs each time, so that equal ones are counted together: ids, numbers, what is quoted. */
export function normalised(message: string): string {
  const line = plainLine(message, LETTERS).replaceAll(
    /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi,
    '<id>',
  );
  const isQuoting = line.includes('"') || line.includes("'");
  const text = (isQuoting ? line.replaceAll(QUOTED, '<text>') : line)
    .replaceAll(/\b0x[\da-f]+\b|\b(?=[a-f]*\d)[\da-f]{8,}\b/gi, '<hex>')
    .replaceAll(/\d+(?:[.,]\d+)*/g, '<n>');
  return text === '' ? '(empty)' : text;
}
