import { Redis } from 'ioredis';
import type { SqliteTarget } from '../../src/config/schema/target.ts';

/** Ends the cache of a target's world, as its host would when it goes down. */
export async function stopRedis({ cache }: SqliteTarget): Promise<void> {
  const redis = new Redis(cache!.url, { retryStrategy: () => null });
  // It hangs up before it answers.
  await redis.shutdown('NOSAVE').catch(() => {});
  redis.disconnect();
}
