import { describe, expect, test } from 'vitest';
import { asRatio, inBytes } from '../../src/config/schema/values/quantities.ts';
import { Timezone } from '../../src/config/schema/values/times.ts';

describe('quantities', () => {
  test('are measured as the manuals count', () => {
    expect([asRatio('80%'), asRatio('0.5%')]).toEqual([0.8, 0.005]);
    expect([inBytes('10MB'), inBytes('1GB')]).toEqual([10_485_760, 1_073_741_824]);
  });
});

describe('Timezone', () => {
  test('knows the names of the IANA database', () => {
    expect(Timezone.safeParse('Asia/Riyadh').success).toBe(true);
    expect(Timezone.safeParse('Asia/Atlantis').success).toBe(false);
  });
});
