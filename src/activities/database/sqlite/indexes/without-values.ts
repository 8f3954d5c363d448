import { tokensOf } from '../dump/sql-tokens.ts';

/** After these stands what is compared with. */
const COMPARES = /^([=<>]|like|glob|between|and|is|not)$/i;

/**
 * The statement with `?` for each value that something is compared with: such values are the application's data, and may name
 * people. What functions are given, and limits, stay: they make the statement what it is. In one line.
 */
export function withoutValues(sql: string): string {
  let text = '';
  let before = '';
  let beforeThat = '';
  let listDepth = 0;
  for (const { kind, text: piece } of tokensOf(sql)) {
    if (kind === 'space' || kind === 'comment') {
      if (!text.endsWith(' ')) text += ' ';
      continue;
    }
    if (piece === '(' && (listDepth > 0 || /^in$/i.test(before))) listDepth += 1;
    else if (piece === ')' && listDepth > 0) listDepth -= 1;
    const isValue = (kind === 'quoted' && piece.startsWith("'")) || /^\d/.test(piece);
    const negative = before === '-' && COMPARES.test(beforeThat);
    const compared = COMPARES.test(before) || negative || listDepth > 0;
    // The rest of a number such as 47.5.
    const goesOn = text.endsWith('?') && (/^\d/.test(piece) ? before === '.' : piece === '.');
    if (goesOn) {
      before = piece;
      continue;
    }
    text += isValue && compared ? '?' : piece;
    [beforeThat, before] = [before, piece];
  }
  return text.replaceAll(/\(\s*-?\?(\s*,\s*-?\?)+\s*\)/g, '(?)').trim();
}
