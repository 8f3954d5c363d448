import type { Redis } from 'ioredis';

const CONNECT_WITHIN = 2000;
const ANSWER_WITHIN = 4000;

/** Does something with one Redis server, and hangs up. Its error is what closed the connection, which says more than that it is closed. */
export async function hangUpAfter<Result>(
  url: string,
  work: (redis: Redis) => Promise<Result>,
  credentials: { readonly username?: string; readonly password?: string } = {},
): Promise<Result> {
  const { Redis: Connection } = await import('ioredis');
  const redis = new Connection(url, {
    ...credentials,
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN,
    commandTimeout: ANSWER_WITHIN,
    // The next try is the caller's.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    // Waits by itself for a server that loads; we say so instead.
    enableReadyCheck: false,
  });
  let lost: Error | undefined;
  // Without a listener, a lost connection would end the process.
  redis.on('error', (error: Error) => (lost = error));
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw lost ?? error;
  } finally {
    redis.disconnect();
  }
}
