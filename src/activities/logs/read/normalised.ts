import { plainLine } from '../../../config/text/plain-text.ts';

/** Letters of a message that tell its sort. */
const LETTERS = 160;

const UUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi;
const HEX = /\b0x[\da-f]+\b|\b(?=[a-f]*\d)[\da-f]{8,}\b/gi;
const QUOTED = /"[^"]*"|(?<!\w)'[^']*'(?!\w)/g;

/** A message without what differs each time, so that equal ones are counted together: ids, numbers, what is quoted. */
export function normalised(message: string): string {
  const plain = plainLine(message, LETTERS);
  const line = plain.includes('-') ? plain.replaceAll(UUID, '<id>') : plain;
  const isQuoting = line.includes('"') || line.includes("'");
  const bare = isQuoting ? line.replaceAll(QUOTED, '<text>') : line;
  const text = bare.replaceAll(HEX, '<hex>').replaceAll(/\d+(?:[.,]\d+)*/g, '<n>');
  return text === '' ? '(empty)' : text;
}
