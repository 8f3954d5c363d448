import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { approving } from '../../support/locked.ts';
import { test } from '../../support/run.ts';

describe.concurrent('performance-degraded', () => {
  test("clears the application's own keys once people approve, no other's, and compares", async ({
    world,
    runs,
  }) => {
    const redis = new Redis(world.cache!.url);
    const keys = Array.from({ length: 2500 }, (_, key) => [`demo:${key}`, 'x']).flat();
    await redis.mset('shop:cart', 'kept', ...keys);

    const { ending } = await runs.run(
      'performance-degraded',
      {},
      { meanwhile: approving('clear') },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(await redis.get('shop:cart')).toBe('kept');
    expect((await redis.keys('demo:*')).filter((key) => key !== 'demo:page')).toEqual([]);
    await redis.quit();
    expect(ending.output).toMatchObject({
      tried: ['optimise', 'clear'],
      times: { before: { p50: expect.any(Number) }, after: { p95: expect.any(Number), failed: 0 } },
    });
    expect(ending.ledger.at(-1)?.note).toMatch(/^Before: p50 \d+ ms.* After: p50 \d+ ms/);
  });
});
