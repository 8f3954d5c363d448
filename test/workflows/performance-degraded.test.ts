import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { approving, stateOf } from '../support/locked.ts';
import { answer, waiting } from '../support/people.ts';
import { test } from '../support/run.ts';

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

  test('leaves the cache alone when people reject it, and ends all the same', async ({
    world,
    runs,
  }) => {
    const redis = new Redis(world.cache!.url);
    await redis.set('demo:cart', 'kept');

    const { ending } = await runs.run(
      'performance-degraded',
      {},
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, run, 'clear'), 'reject', { step: 'clear', by: 'ops-2' }),
      },
    );

    expect(ending).toMatchObject({ outcome: 'done', output: { tried: ['optimise'] } });
    expect(await redis.get('demo:cart')).toBe('kept');
    await redis.quit();
  });

  test('sends people elsewhere when it does not answer at all', async ({ systems, runs }) => {
    await systems.runtime.stop();

    const { ending } = await runs.run('performance-degraded');

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'NotReady' } });
    expect(ending.failure?.message).toContain('start application-down');
    expect(stateOf(ending, 'evidence', 'optimise')).toEqual(['done', 'unreached']);
  });
});
