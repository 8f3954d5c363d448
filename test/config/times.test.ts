import { describe, expect, test } from 'vitest';
import { BackupReference } from '../../src/config/backup-id.ts';
import { Duration, UpToAYear } from '../../src/config/time/duration.ts';
import { instantOf } from '../../src/config/time/instant.ts';
import { endOf, Until } from '../../src/config/time/until.ts';

const NOW = Date.parse('2026-01-05T02:00:00Z');
const HOW = 'Expected how long, such as "4h", or until when, such as "2026-01-05T04:00Z"';

function faultOf(text: string): string | undefined {
  return Until.safeParse(text).error?.issues[0]?.message;
}

describe('an end that people write', () => {
  test('is a length, or a time with its zone', () => {
    expect(endOf('4h', NOW)).toBe('2026-01-05T06:00:00.000Z');
    expect(endOf('2026-01-05T06:00+03:00', NOW)).toBe('2026-01-05T03:00:00.000Z');
    expect(endOf('2026-01-05T04:00Z', NOW)).toBe('2026-01-05T04:00:00.000Z');
    expect(['4h', '366d', '2020-01-05T04:00Z'].map(faultOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each([
    '2026-13-45T04:00Z',
    '2026-02-30T04:00Z',
    '2026-01-05T25:00Z',
    '2026-01-05T04:00',
    '2026-01-05',
    'tomorrow',
    '4 h',
    '-4h',
    '',
  ])('is refused as "%s"', (text) => {
    expect(faultOf(text)).toBe(HOW);
  });

  test.each(['367d', '3000000d', `${'9'.repeat(400)}d`, '9999-12-31T00:00Z'])(
    'is no more than a year away: "%s"',
    (text) => {
      expect(faultOf(text)).toBe('Expected at most a year');
    },
  );
});

describe('a length', () => {
  test('has a bound, so that each date that comes of it can be written', () => {
    const faultIn = (schema: typeof Duration, text: string) =>
      schema.safeParse(text).error?.issues.map(({ message }) => message);

    expect(faultIn(Duration, '36500d')).toBeUndefined();
    expect(faultIn(Duration, '3000000d')).toEqual(['Expected at most "36500d"']);
    expect(faultIn(UpToAYear, '366d')).toBeUndefined();
    expect(faultIn(UpToAYear, '367d')).toEqual(['Expected at most "366d"']);
    expect(faultIn(UpToAYear, 'long')).toEqual([
      'Expected a number and ms, s, m, h or d, such as "30s"',
    ]);
  });
});

describe('a time', () => {
  test.each([
    ['2026-01-05', '2026-01-05T00:00:00.000Z'],
    ['2026-01-05T02:00:00.5+01:00', '2026-01-05T01:00:00.500Z'],
  ])('is read of "%s"', (text, time) => {
    expect(new Date(instantOf(text)!).toISOString()).toBe(time);
  });

  test.each(['5', '2026-02-30', '2026-13-01', '2026-01-05 02:00', '2026-01-05T02:00', 'now', ''])(
    'is not read of "%s", nor is a backup of before that',
    (text) => {
      expect(instantOf(text)).toBeUndefined();
      expect(BackupReference.safeParse(`before ${text}`).success).toBe(false);
    },
  );
});
