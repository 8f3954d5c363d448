import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { castTo } from '../../../src/activities/migration/values/cast.ts';
import { decimalOf } from '../../../src/activities/migration/values/decimal.ts';
import { momentOf, momentText } from '../../../src/activities/migration/values/moment.ts';

describe('decimalOf', () => {
  property.prop([fc.double({ noNaN: true, noDefaultInfinity: true })])(
    'reads back as the same number, without an exponent',
    (number) => {
      const text = decimalOf(number)!;

      expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      expect(Number(text)).toBe(number === 0 ? 0 : number);
    },
  );

  test('says nothing of what is no number', () => {
    expect(decimalOf(Infinity)).toBeUndefined();
  });
});

describe('momentOf', () => {
  test.each([
    '0000-00-00 00:00:00',
    '2024-02-30 00:00:00',
    '2024-01-02 24:00:00',
    '2024-01-02 03:04:05+16:00',
    'now',
    'infinity',
    '03/04/2024',
    '',
  ])('takes %j for no time', (text) => {
    expect(momentOf(text)).toBeUndefined();
  });

  test('counts microseconds, of UTC where no zone is named', () => {
    expect(momentOf('1970-01-01 00:00:01.5')?.microseconds).toBe(1_500_000n);
    expect(momentOf('1969-12-31 23:59:59.999999')?.microseconds).toBe(-1n);
    expect(momentOf('2024-01-02 03:04:05+03:00')?.microseconds).toBe(
      momentOf('2024-01-02T00:04:05Z')?.microseconds,
    );
  });

  test.each([
    '2024-01-02',
    '2024-01-02 03:04',
    '2024-01-02 03:04:05',
    '2024-01-02T03:04:05.678Z',
    '1969-12-31 23:59:59.999999',
    '0001-01-01 00:00:00',
    '9999-12-31T23:59:59.1',
  ])('is written as it was: %s', (text) => {
    const { microseconds, format } = momentOf(text)!;

    expect(momentText(microseconds, format)).toBe(text);
  });
});

describe('castTo', () => {
  test('says the same in another type, or nothing', () => {
    const made = [
      castTo('bigint', '12'),
      castTo('bigint', 3),
      castTo('bigint', 3.5),
      castTo('bigint', 'abc'),
      castTo('bigint', '9223372036854775808'),
      castTo('boolean', 'yes'),
      castTo('boolean', -1n),
      castTo('boolean', 'maybe'),
      castTo('text', 3),
      castTo('text', 12n),
      castTo('timestamp', 1704164645n),
    ];

    const none = undefined;
    expect(made).toEqual([12n, 3n, none, none, none, 1n, 1n, none, '3.0', '12', none]);
  });
});
