import { describe, expect, test } from 'vitest';
import { scramVerifier } from '../../../src/activities/secrets/holders/scram-verifier.ts';

describe('scramVerifier', () => {
  /** The salt of the example of RFC 7677; the keys by another implementation: hashlib.pbkdf2_hmac and hmac of Python 3.11. */
  test('is what others reckon of the same password and salt', () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');

    expect(scramVerifier('pencil', salt)).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  test('differs for the same password each time', () => {
    expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
  });
});
