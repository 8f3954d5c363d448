import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { test } from '../../support/run.ts';
import { neverFast } from '../slow-performance/example.ts';
import { stopRedis } from '../../support/stop-redis.ts';

describe.concurrent('performance-degraded', () => {
  test('leaves the cache alone when people reject it, and ends all the same', async ({
    world,
    runs,
  }) => {
    neverFast(world);
    const redis = new Redis(world.cache!.url);
    await redis.set('demo:cart', 'kept');

    const { ending } = await runs.run(
      'performance-degraded',
      { restart: 'no' },
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, `${run}/treat`, 'clear'), 'reject', {
            step: 'clear',
            by: 'ops-2',
          }),
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
    expect(stateOf(ending, 'treat', 'compare')).toEqual(['failed', 'unreached']);
  });

  test('asks nobody to clear the cache of what is not slow', async ({ world, runs }) => {
    world.metrics = { responseTime: { warning: '1h' } };

    const { ending } = await runs.run('performance-degraded');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(/^It is not slow now/),
      tried: [],
    });
  });

  test('names what is above the limits, and a cache that is gone', async ({ world, runs }) => {
    world.metrics = { memory: { warning: '0%' }, responseTime: { warning: '0ms' } };
    await stopRedis(world);

    const { ending } = await runs.run('performance-degraded', { clear: 'yes', restart: 'no' });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(
        /^It is still slow\. memory \d+ %.*: warning above 0%\..*Cannot reach Redis/,
      ),
      tried: ['optimise'],
    });
  });

  test('writes nothing into a damaged database', async ({ world, runs }) => {
    damageDatabase(world.database.file, 1);

    const { ending } = await runs.run('performance-degraded');

    expect(ending.failure?.message).toMatch(/start (database-issue|application-down)$/);
    expect(stateOf(ending, 'treat', 'compare')).toEqual(['failed', 'unreached']);
  });
});
