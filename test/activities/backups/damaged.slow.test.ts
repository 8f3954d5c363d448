import { describe, expect, test } from 'vitest';
import { damageEverything } from './support/damage-everything.ts';

describe('a damaged backup', () => {
  test('is never restored: 96 random damages of every format', { timeout: 120_000 }, async () => {
    const { tried, wrong } = await damageEverything(4, 20_261_121);

    expect(wrong).toEqual([]);
    expect(tried).toBe(96);
  });
});
