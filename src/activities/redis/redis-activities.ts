import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import { failureOf } from '../../os/failure-of.ts';
import { withRedis } from './redis-client.ts';

const BATCH = 1000;

/** The application's cache: its own keys, on a server that it may share. */
export function redisActivities({ cache, directory }: Pick<Target, 'cache' | 'directory'>) {
  return {
    /** Deletes the keys of the target's prefix, and no other: the whole server is never flushed. */
    clearPrefix: acting(async (): Promise<{ keys: number; note: string }> => {
      if (!cache) return { keys: 0, note: 'Not applicable: the target has no cache' };
      const prefix = cache.scope.slice('prefix:'.length);
      const keys = await withRedis({ ...cache, directory }, async (redis) => {
        const match = `${literally(prefix)}*`;
        let cleared = 0;
        let cursor = '0';
        do {
          const [next, found] = await redis.scan(cursor, 'MATCH', match, 'COUNT', BATCH);
          // A scan may show a key twice: what was really removed is counted.
          if (found.length > 0) cleared += await redis.unlink(...found);
          cursor = next;
        } while (cursor !== '0');
        return cleared;
      });
      const note =
        keys > 0
          ? `${keys} ${keys === 1 ? 'key that begins' : 'keys that begin'} with "${prefix}" cleared`
          : `Warning: no key begins with "${prefix}", check the target's cache scope`;
      return { keys, note };
    }),

    /** Whether it answers. That it does not is an answer, never a failure. */
    async inspect(): Promise<{ reachable: boolean; note: string }> {
      if (!cache) return { reachable: true, note: 'Not applicable: the target has no cache' };
      try {
        await withRedis({ ...cache, directory }, (redis) => redis.ping());
        return { reachable: true, note: 'Redis answers' };
      } catch (error) {
        return { reachable: false, note: failureOf(error).message };
      }
    },

    /** Whether the cache answers, and how fast. */
    async ping(): Promise<{ milliseconds: number; note: string }> {
      if (!cache) return { milliseconds: 0, note: 'Not applicable: the target has no cache' };
      const begin = performance.now();
      const reply = await withRedis({ ...cache, directory }, (redis) => redis.ping());
      const milliseconds = Math.round(performance.now() - begin);
      return { milliseconds, note: `${reply} in ${milliseconds} ms` };
    },
  };
}

/** In a MATCH pattern these stand for others. */
function literally(prefix: string): string {
  return prefix.replaceAll(/[*?[\]\\^-]/g, String.raw`\$&`);
}
