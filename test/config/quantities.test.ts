import { describe, expect, test } from 'vitest';
import { asRatio, inBytes } from '../../src/config/target/quantities.ts';
import { ScheduleRule, Timezone } from '../../src/config/target/times.ts';

describe('quantities', () => {
  test('are measured as the manuals count', () => {
    expect([asRatio('80%'), asRatio('0.5%')]).toEqual([0.8, 0.005]);
    expect([inBytes('10MB'), inBytes('1GB')]).toEqual([10_485_760, 1_073_741_824]);
  });
});

describe('ScheduleRule', () => {
  test.each(['hourly', 'window', '09:00', '23:59', 'SUNDAY 02:00', 'first SUNDAY 02:00'])(
    'takes "%s"',
    (rule) => {
      expect(ScheduleRule.safeParse(rule).success).toBe(true);
    },
  );

  test.each(['', '9:00', '24:00', 'Sunday 02:00', 'fifth SUNDAY 02:00', 'SUNDAY', 'hourly 09:00'])(
    'refuses "%s"',
    (rule) => {
      expect(ScheduleRule.safeParse(rule).success).toBe(false);
    },
  );
});

describe('Timezone', () => {
  test('knows the names of the IANA database', () => {
    expect(Timezone.safeParse('Asia/Riyadh').success).toBe(true);
    expect(Timezone.safeParse('Asia/Atlantis').success).toBe(false);
  });
});
