import { execFileSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { redis } from '../../../src/activities/health/machine/redis.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test as base } from '../../support/target.ts';
import { startRedis } from '../redis/support/start-redis.ts';
import { sampler } from './support/sampling.ts';

const hasRedis = (() => {
  try {
    return execFileSync('redis-server', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

const test = base.extend<{
  options: readonly string[];
  served: { target: SqliteTarget; client: Redis; stop: () => Promise<unknown> };
}>({
  options: [],
  served: async ({ directory, target, options }, use) => {
    const { server, port } = await startRedis(directory, { options });
    const client = new Redis(port, '127.0.0.1');
    await use({
      target: cachedAt(target, port),
      client,
      stop: () => server.stop(),
    });
    client.disconnect();
    await server.stop();
  },
});
const small = test.extend({ options: ['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction'] });

describe('redis of a target without a cache', () => {
  test('is not applicable, and never ok', async ({ target }) => {
    const figures = await sampler(target)(redis);

    const verdicts = Object.values(figures).map(({ verdict }) => verdict);
    expect(new Set(verdicts)).toEqual(new Set(['not applicable']));
  });
});

describe.skipIf(!hasRedis)('redis', () => {
  test('is well when a key of ours comes back, which is gone after 10 s', async ({ served }) => {
    const figures = await sampler(served.target)(redis);

    expect(figures['redis.ping']).toMatchObject({ verdict: 'ok' });
    expect(figures['redis.write']).toMatchObject({ verdict: 'ok', note: 'Written and read back' });
    expect(await served.client.keys('*')).toEqual(['test:probe']);
    expect(await served.client.ttl('test:probe')).toBeLessThanOrEqual(10);
  });

  test('is critical when nobody answers', async ({ served }) => {
    served.client.disconnect();
    await served.stop();

    const figures = await sampler(served.target)(redis);

    expect(figures['redis.ping']).toMatchObject({ verdict: 'critical' });
    expect(figures['redis.ping']!.note).toContain('Cannot reach Redis');
    expect(figures['redis.hitRatio']).toMatchObject({ verdict: 'unknown' });
  });

  small('that is full still answers, and is critical by its write', async ({ served }) => {
    const { client } = served;
    // By a connection that ends: what Redis keeps for a large request is memory too, and is given back later.
    const large = client.duplicate();
    for (let key = 0; key < 100; key += 1)
      await large.set(`other:${key}`, 'x'.repeat(100_000)).catch(() => {});
    await large.set('other:last', 'x'.repeat(3_000_000)).catch(() => {});
    await large.quit();
    for (let key = 0; key < 3000; key += 1)
      await client.set(`little:${key}`, 'x'.repeat(1000)).catch(() => {});

    const figures = await sampler(served.target)(redis);

    expect(figures['redis.ping']).toMatchObject({ verdict: 'ok' });
    expect(figures['redis.write']).toMatchObject({ verdict: 'critical' });
    expect(figures['redis.write']!.note).toContain('It is full: OOM command not allowed');
    expect(figures['redis.memory']).toMatchObject({ verdict: 'warning' });
  });

  test('has the hit ratio of what others asked since the last sample, and none after a reset', async ({
    served,
  }) => {
    const { client } = served;
    const judging: SqliteTarget = {
      ...served.target,
      metrics: { cacheHitRatio: { warning: '90%' } },
    };
    const sample = sampler(judging);
    const ratio = async () => (await sample(redis))['redis.hitRatio']!;
    await client.set('test:there', '1');

    const first = await ratio();
    for (const key of ['there', 'there', 'there', 'missing']) await client.get(`test:${key}`);
    const asked = await ratio();
    const idle = await ratio();
    await client.config('RESETSTAT');
    const reset = await ratio();
    await client.get('test:there');
    const after = await ratio();

    expect(first).toMatchObject({ verdict: 'not applicable' });
    expect(asked).toMatchObject({ value: 0.75, verdict: 'warning', limit: 'warning below 90%' });
    expect(idle).toMatchObject({
      verdict: 'not applicable',
      note: 'Nothing was asked since the last sample',
    });
    expect(reset.value).toBeUndefined();
    expect(reset).toMatchObject({ verdict: 'not applicable' });
    expect(after).toMatchObject({ value: 1, verdict: 'ok' });
  });
});

function cachedAt(target: SqliteTarget, port: number): SqliteTarget {
  const cache = { kind: 'redis', url: `redis://127.0.0.1:${port}`, scope: 'prefix:test:' } as const;
  return { ...target, cache };
}
