import { describe, expect, test } from 'vitest';
import { damageEverything } from './support/damage-everything.ts';

describe('a damaged backup', () => {
  test('is never restored: 2160 random damages of every format', { timeout: 600_000 }, async () => {
    const { tried, wrong } = await damageEverything(90, 1);

    expect(wrong).toEqual([]);
    expect(tried).toBe(2160);
  });
});
