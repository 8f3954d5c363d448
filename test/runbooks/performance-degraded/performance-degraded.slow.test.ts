import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { approving } from '../../support/locked.ts';
import { test } from '../../support/run.ts';
import { neverFast } from '../slow-performance/example.ts';

describe.concurrent('performance-degraded', () => {
  test("clears the application's own keys once people approve, no other's, and compares", async ({
    world,
    runs,
  }) => {
    neverFast(world);
    const redis = new Redis(world.cache!.url);
    const keys = Array.from({ length: 2500 }, (_, key) => [`demo:${key}`, 'x']).flat();
    await redis.mset('shop:cart', 'kept', ...keys);

    const { ending } = await runs.run(
      'performance-degraded',
      { restart: 'no' },
      // What repairs is a run of its own, a part of this one.
      { meanwhile: (run, client) => approving('clear')(`${run}/treat`, client) },
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
    expect(ending.output).toMatchObject({
      helped: expect.any(String),
      evidence: expect.any(Array),
    });
  });
});
