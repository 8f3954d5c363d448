import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { redisActivities } from '../../../src/activities/redis/redis-activities.ts';
import { acts } from '../../../src/os/acting.ts';
import { test } from '../../support/target.ts';
import { type RedisServer, startRedis } from './support/start-redis.ts';

const hasRedis = (() => {
  try {
    return execFileSync('redis-server', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

describe('redis without a cache in the target', () => {
  test('has nothing to clear', async () => {
    expect(await redisActivities({ directory: '/' }).clearPrefix()).toEqual({
      keys: 0,
      note: 'Not applicable: the target has no cache',
    });
  });
});

describe('redis that does not answer', () => {
  test('is reported soon, without the password of its URL', async () => {
    const begin = performance.now();

    const clearing = cacheAt('redis://me:secret@127.0.0.1:1').clearPrefix();

    await expect(clearing).rejects.toMatchObject({
      type: 'RedisUnreachable',
      nonRetryable: false,
      message: 'Cannot reach Redis at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
    });
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

// Skipped where there is no redis-server on PATH.
describe.skipIf(!hasRedis)('redis.clearPrefix (needs redis-server)', () => {
  let home: string;
  let running: RedisServer;
  let url: string;
  let redis: Redis;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'redis-'));
    running = await startRedis(home);
    url = `redis://127.0.0.1:${running.port}/2`;
    redis = new Redis(url);
  });
  afterAll(async () => {
    redis.disconnect();
    await running.server.stop();
    await rm(home, { recursive: true });
  });

  test('is an acting one', () => {
    expect(acts(cacheAt(url).clearPrefix)).toBe(true);
  });

  test('deletes every key of the prefix, and no other, in the database of the URL only', async () => {
    const pipeline = redis.pipeline();
    for (let key = 0; key < 2500; key += 1) pipeline.set(`ahgd:${key}`, 'x');
    pipeline.set('ahgdx', 'other').set('other:ahgd:1', 'other').set('', 'empty');
    await pipeline.exec();
    const neighbour = redis.duplicate({ db: 0 });
    await neighbour.set('ahgd:1', 'of another database');

    const cleared = await cacheAt(url).clearPrefix();

    expect(cleared).toEqual({ keys: 2500, note: '2500 keys that begin with "ahgd:" cleared' });
    expect((await redis.keys('*')).toSorted()).toEqual(['', 'ahgdx', 'other:ahgd:1']);
    expect(await neighbour.get('ahgd:1')).toBe('of another database');
    neighbour.disconnect();
  });

  test.for(['a*b:', 'a?b:', 'a[xy]b:', 'a\\b:', '[^a]:', 'a-b:'])(
    'takes "%s" literally',
    async (prefix) => {
      await redis.flushdb();
      const others = ['axb:1', 'ab:1', 'a*b', 'ayb:', 'b:1', 'ax]b:1'];
      await redis.mset(
        Object.fromEntries([`${prefix}1`, prefix, ...others].map((key) => [key, 'x'])),
      );

      const { keys } = await cacheAt(url, prefix).clearPrefix();

      expect(keys).toBe(2);
      expect((await redis.keys('*')).toSorted()).toEqual(others.toSorted());
    },
  );

  test('warns when there was nothing to clear, as on a second try', async () => {
    await redis.flushdb();

    expect(await cacheAt(url).clearPrefix()).toEqual({
      keys: 0,
      note: 'Warning: no key begins with "ahgd:", check the target\'s cache scope',
    });
  });

  test('pings', async () => {
    expect((await cacheAt(url).ping()).note).toMatch(/^PONG in \d+ ms$/);
  });

  test('is refused for good with a wrong password', async () => {
    await redis.config('SET', 'requirepass', 'right');

    await expect(
      cacheAt(`redis://:wrong@127.0.0.1:${running.port}`).clearPrefix(),
    ).rejects.toMatchObject({
      type: 'RedisRefused',
      nonRetryable: true,
      message: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ refuses: WRONGPASS/),
    });
    await redis.config('SET', 'requirepass', '');
  });

  test('takes an address with its password from the environment or from a file, and shows neither', async ({
    directory,
    onTestFinished,
  }) => {
    const address = `redis://:right@127.0.0.1:${running.port}/2`;
    process.env['REDIS_OF_TEST'] = address;
    writeFileSync(join(directory, 'redis.secret'), `${address}\n`);
    await redis.config('SET', 'requirepass', 'right');
    onTestFinished(async () => {
      delete process.env['REDIS_OF_TEST'];
      await redis.config('SET', 'requirepass', '');
    });
    const at = (url: string) =>
      redisActivities({ directory, cache: { kind: 'redis', url, scope: 'prefix:ahgd:' } });

    const notes = [
      (await at('env:REDIS_OF_TEST').ping()).note,
      (await at('file:redis.secret').ping()).note,
    ];

    expect(notes.every((note) => note.startsWith('PONG in'))).toBe(true);
    await expect(at('env:NOT_SET_OF_TEST').clearPrefix()).rejects.toMatchObject({
      type: 'SecretMissing',
      nonRetryable: true,
      message: 'Cannot read the secret "env:NOT_SET_OF_TEST": it is not set',
    });
  });

  test('waits for a server that still loads its data', async ({ directory, onTestFinished }) => {
    const { server: first, port } = await startRedis(directory);
    onTestFinished(() => first.stop());
    const client = new Redis(port);
    const pipeline = client.pipeline();
    for (let key = 0; key < 2000; key += 1) pipeline.set(`ahgd:${key}`, 'x');
    await pipeline.exec();
    await client.save();
    client.disconnect();
    await first.stop();
    const { server: second } = await startRedis(directory, {
      port,
      options: ['--key-load-delay', '4000', '--loading-process-events-interval-bytes', '1024'],
      sign: 'Server initialized',
    });
    onTestFinished(() => second.stop());

    const clearing = cacheAt(`redis://127.0.0.1:${port}`).clearPrefix();

    await expect(clearing).rejects.toMatchObject({ type: 'RedisLoading', nonRetryable: false });
  });
});

function cacheAt(url: string, prefix = 'ahgd:') {
  return redisActivities({
    directory: '/',
    cache: { kind: 'redis', url, scope: `prefix:${prefix}` },
  });
}
