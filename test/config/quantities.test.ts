import { describe, expect, test } from 'vitest';
import {
  asRatio,
  inBytes,
  MemorySize,
  memoryInBytes,
} from '../../src/config/schema/values/quantities.ts';
import { Timezone } from '../../src/config/schema/values/times.ts';

describe('quantities', () => {
  test('are measured as the manuals count', () => {
    expect([asRatio('80%'), asRatio('0.5%')]).toEqual([0.8, 0.005]);
    expect([inBytes('10MB'), inBytes('1GB')]).toEqual([10_485_760, 1_073_741_824]);
  });

  test('take memory as Docker does, and nothing that it would take for bytes', () => {
    expect(['4g', '512m', '1GB', '1gb'].map(memoryInBytes)).toEqual([
      4 * 2 ** 30,
      512 * 2 ** 20,
      2 ** 30,
      2 ** 30,
    ]);
    for (const wrong of ['4', '0g', '4gg', '-1g', '1.5g', '4 g', '4k'])
      expect(MemorySize.safeParse(wrong).success).toBe(false);
  });
});

describe('Timezone', () => {
  test('knows the names of the IANA database', () => {
    expect(Timezone.safeParse('Asia/Riyadh').success).toBe(true);
    expect(Timezone.safeParse('Asia/Atlantis').success).toBe(false);
  });
});
