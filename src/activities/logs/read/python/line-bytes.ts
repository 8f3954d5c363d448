import type { Entry } from '../entry.ts';
import { HEAD_LETTERS, LEVEL_LETTERS, LEVELS, levelWords } from './python-head.ts';

/** What is seen of a line without making a text of its bytes, which takes as long as all of the search. */
export interface LineBytes {
  /** Of its newline, or of the region. */
  readonly end: number;
  readonly level: Entry['level'];
  /** From the first byte of the level's word to the one behind it. -1: there is none. */
  readonly from: number;
  readonly to: number;
  /** Whether `failedLogin` may find something in its text. */
  readonly mayTellLogin: boolean;
}

const NEWLINE = 10;
const DOT = 46;
const ASCII = 128;
const LONGEST = Math.max(...levelWords.map(({ length }) => length));

/** By their first byte. */
const WORDS = Array.from({ length: ASCII }, (_, byte) => {
  const words = levelWords.filter((word) => word.charCodeAt(0) === byte);
  return words.length === 0
    ? undefined
    : words.map((word) => ({ bytes: Buffer.from(word), level: LEVELS[word] }));
});

/** Digits, letters and `_`, as `\w` has them. */
const IN_WORD = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/\w/.test(String.fromCharCode(byte))),
);

/**
 * Bytes that are in each text of a login that failed: one of the first with one of the others. A capital stands for both sizes. All are looked
 * for at once, a bit for each letter that has matched (Shift-And, by Baeza-Yates and Gonnet).
 */
const HINTS = ['LOgin', 'sswor', 'uthen', 'denti'] as const;
const FAILURES = ['FAIL', 'NVALID'] as const;
const { masks: MASKS, firsts: FIRSTS, lasts: LASTS } = shiftAnd([...HINTS, ...FAILURES]);
const IS_HINT = LASTS.slice(0, HINTS.length).reduce((all, bit) => all | bit, 0);
const IS_FAILURE = LASTS.slice(HINTS.length).reduce((all, bit) => all | bit, 0);

/** The line that begins at `start`, from behind its stamp on. Undefined: it has to be read as text. */
export function lineInBytes(
  region: Uint8Array,
  start: number,
  behind: number,
): LineBytes | undefined {
  const most = Math.min(region.length, start + HEAD_LETTERS);
  const reach = Math.min(region.length, start + LEVEL_LETTERS - LONGEST);
  let level: Entry['level'];
  let [index, from, to] = [behind, -1, -1];
  for (let before = 0; from < 0 && index < reach; index += 1) {
    const byte = region[index]!;
    if (byte === NEWLINE) break;
    if (byte >= ASCII) return undefined;
    const words = WORDS[byte];
    if (words !== undefined && IN_WORD[before] === 0 && before !== DOT)
      for (const word of words) {
        const last = index + word.bytes.length;
        if (from >= 0 || IN_WORD[region[last] ?? NEWLINE] !== 0) continue;
        if (!isAt(region, index, word.bytes)) continue;
        level = word.level;
        [from, to] = [index, last];
      }
    before = byte;
  }
  if (from < 0 && index === reach && index < region.length) return undefined;

  let [state, seen, end] = [0, 0, behind];
  for (; end < most; end += 1) {
    const byte = region[end]!;
    if (byte === NEWLINE) break;
    state = ((state << 1) | FIRSTS) & MASKS[byte]!;
    seen |= state;
  }
  if (end === most && most < region.length) return undefined;
  const mayTellLogin = (seen & IS_HINT) !== 0 && (seen & IS_FAILURE) !== 0;
  return { end, level, from, to, mayTellLogin };
}

export function isAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1)
    if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

function shiftAnd(texts: readonly string[]) {
  const masks = new Int32Array(256);
  let [firsts, bit] = [0, 1];
  const lasts = texts.map((text) => {
    firsts |= bit;
    for (const letter of text) {
      for (const one of [letter, letter.toLowerCase()]) masks[one.charCodeAt(0)]! |= bit;
      bit <<= 1;
    }
    return bit >>> 1;
  });
  return { masks, firsts, lasts };
}
