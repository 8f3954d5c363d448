import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { readAcknowledge, signAcknowledge } from '../../src/config/links/acknowledge-token.ts';

const SECRET = 'a secret of some length';
const UNTIL = '2026-03-01T03:00:00.000Z';
const BEFORE = new Date('2026-03-01T02:59:59.999Z');
const acknowledgement = {
  incident: 'incident/shop/application-down-1a2b3c',
  contact: 'operations',
  until: UNTIL,
};

describe('readAcknowledge', () => {
  test('reads what was signed, until it expires', () => {
    const token = signAcknowledge(acknowledgement, SECRET);

    expect(token).toMatch(/^[\w.-]+$/);
    expect(readAcknowledge(token, SECRET, BEFORE)).toEqual(acknowledgement);
    expect(readAcknowledge(token, SECRET, new Date(UNTIL))).toBeUndefined();
  });

  test('refuses what another secret signed', () => {
    const token = signAcknowledge(acknowledgement, `${SECRET}.`);

    expect(readAcknowledge(token, SECRET, BEFORE)).toBeUndefined();
  });

  test.prop([fc.nat(), fc.integer({ min: 1, max: 63 })])(
    'refuses a token in which one letter is another',
    (position, shift) => {
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const token = signAcknowledge(acknowledgement, SECRET);
      // The last letter carries bits that stand for nothing.
      const at = position % (token.length - 1);
      const other = letters[(letters.indexOf(token[at]!) + shift + 64) % 64]!;
      fc.pre(other !== token[at]);

      const changed = token.slice(0, at) + other + token.slice(at + 1);

      expect(readAcknowledge(changed, SECRET, BEFORE)).toBeUndefined();
    },
  );

  test.prop([fc.string({ unit: 'binary' })])('refuses any other text', (text) => {
    expect(readAcknowledge(text, SECRET, BEFORE)).toBeUndefined();
    expect(readAcknowledge(`${text}.${'A'.repeat(43)}`, SECRET, BEFORE)).toBeUndefined();
  });

  test('signs nothing with an empty secret', () => {
    expect(() => signAcknowledge(acknowledgement, '')).toThrow(
      'Cannot sign a link: the secret is empty',
    );
  });
});
