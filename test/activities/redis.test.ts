import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { redisActivities } from '../../src/activities/redis.ts';
import { acts } from '../../src/activities/support/acting.ts';
import { test } from '../support/target.ts';

const hasRedis = (() => {
  try {
    return execFileSync('redis-server', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

describe('redis without a cache in the target', () => {
  test('has nothing to clear', async () => {
    expect(await redisActivities({}).clearPrefix()).toEqual({
      keys: 0,
      note: 'Not applicable: the target has no cache',
    });
  });
});

describe('redis that does not answer', () => {
  test('is told within 3 seconds, without the password of its URL', async () => {
    const begin = performance.now();

    const clearing = cacheAt('redis://me:secret@127.0.0.1:1').clearPrefix();

    await expect(clearing).rejects.toMatchObject({
      type: 'RedisUnreachable',
      nonRetryable: false,
      message: 'Cannot reach Redis at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
    });
    expect(performance.now() - begin).toBeLessThan(3000);
  });
});

// Skipped where there is no redis-server on PATH.
describe.skipIf(!hasRedis)('redis.clearPrefix (needs redis-server)', () => {
  let server: ChildProcess;
  let port: number;
  let url: string;
  let redis: Redis;

  beforeAll(async () => {
    port = await freePort();
    url = `redis://127.0.0.1:${port}/2`;
    server = await startRedis(port);
    redis = new Redis(url);
  });
  afterAll(async () => {
    redis.disconnect();
    server.kill('SIGKILL');
    await once(server, 'exit');
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

    await expect(cacheAt(`redis://:wrong@127.0.0.1:${port}`).clearPrefix()).rejects.toMatchObject({
      type: 'RedisRefused',
      nonRetryable: true,
      message: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ refuses: WRONGPASS/),
    });
    await redis.config('SET', 'requirepass', '');
  });

  test('waits for a server that still loads its data', async ({ directory }) => {
    const loading = await freePort();
    const first = await startRedis(loading, ['--dir', directory]);
    const client = new Redis(loading);
    const pipeline = client.pipeline();
    for (let key = 0; key < 2000; key += 1) pipeline.set(`ahgd:${key}`, 'x');
    await pipeline.exec();
    await client.save();
    client.disconnect();
    first.kill('SIGKILL');
    await once(first, 'exit');
    const slow = [
      '--dir',
      directory,
      '--key-load-delay',
      '4000',
      '--loading-process-events-interval-bytes',
      '1024',
    ];
    const second = await startRedis(loading, slow, 'Server initialized');

    const clearing = cacheAt(`redis://127.0.0.1:${loading}`).clearPrefix();

    await expect(clearing).rejects.toMatchObject({ type: 'RedisLoading', nonRetryable: false });
    second.kill('SIGKILL');
    await once(second, 'exit');
  });
});

function cacheAt(url: string, prefix = 'ahgd:') {
  return redisActivities({ cache: { kind: 'redis', url, scope: `prefix:${prefix}` } });
}

async function startRedis(port: number, more: string[] = [], sign = 'Ready to accept connections') {
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...more,
  ];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false }))
    if (String(chunk).includes(sign)) break;
  server.stdout.resume();
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
