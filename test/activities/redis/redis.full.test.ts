import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { redisActivities } from '../../../src/activities/redis/redis-activities.ts';

describe('redis.ping', () => {
  test('gives up when something else than Redis accepts and keeps silent', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const begin = performance.now();

    const cache = { kind: 'redis', url, scope: 'prefix:x' } as const;
    const pinging = redisActivities({ directory: '/', cache }).ping();

    await expect(pinging).rejects.toMatchObject({ type: 'RedisUnreachable', nonRetryable: false });
    expect(performance.now() - begin).toBeLessThan(10_000);
    server.close();
  });
});
