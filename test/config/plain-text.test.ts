import { describe, expect, test } from 'vitest';
import { plainLine, plainText } from '../../src/config/text/plain-text.ts';

const ESC = '\u001B';

describe('plainText', () => {
  test.each([
    ['a colour', `${ESC}[31mred${ESC}[0m`],
    ['a title of the window', `${ESC}]0;rm -rf\u0007red`],
    ['a link of the terminal', `${ESC}]8;;http://x${ESC}\\red`],
    ['a sequence that is cut off', `red${ESC}[`],
    ['a device control string', `${ESC}P1$r q${ESC}\\red`],
    ['a reset', `${ESC}cred`],
    ['an eight-bit sequence', '\u009B2Jred'],
    ['a backspace', 'gr\b\bred'],
    ['NUL', 'r\0ed'],
    ['half a letter', 'red\uD800'],
    ['a mark that turns letters round', 'red\u202Etxt\u202C\u2066x\u2069\u200F'],
    ['letters that nobody sees', 're\u200B\uFEFF\u00AD\u{E0041}d'],
  ])('does nothing with %s', (_, text) => {
    const plain = plainText(text);

    expect(plain.replaceAll(/[\p{L}\p{N}\uFFFD\p{P}\p{S} ]/gu, '')).toBe('');
    expect(plain).toContain('\uFFFD');
    expect(plain.isWellFormed()).toBe(true);
  });

  test('leaves text in any language, its lines and tabs as they are', () => {
    const text = 'Größe\tx\nكتاب‌ها 日本語 🙂 a\u0301';

    expect(plainText(text)).toBe(text);
  });

  test('takes whatever ends a line for its end', () => {
    expect(plainText('a\r\nb\rc\u2028d\u0085e')).toBe('a\nb\nc\nd\ne');
  });
});

describe('plainLine', () => {
  test('is one line of no more letters than asked for, however long the text is', () => {
    expect(plainLine('a\n\tb\r\nc ')).toBe('a; b; c');
    expect(plainLine('x'.repeat(50_000_000), 20)).toBe(`${'x'.repeat(19)}…`);
    expect(plainLine('\u{1F600}'.repeat(20), 10).isWellFormed()).toBe(true);
  });
});
