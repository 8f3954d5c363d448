import type { Redis } from 'ioredis';
import { SecretName } from '../../config/schema/values/secret.ts';
import { MissingSecret, secretOf } from '../../config/secret-of.ts';
import { passing, permanent } from '../../os/failure.ts';

const CONNECT_WITHIN = 2000;
const ANSWER_WITHIN = 4000;

interface Server {
  /** Its address, or the name of the secret that is one. */
  readonly url: string;
  /** Where files of secrets are named from. */
  readonly directory: string;
}

/**
 * Does something with one Redis server, and hangs up.
 *
 * Errors: `RedisUnreachable` and `RedisLoading` may pass, `RedisRefused` and `SecretMissing` may not.
 */
export async function withRedis<Result>(
  server: Server,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const url = urlOf(server);
  const place = placeOf(url);
  const { Redis: Connection } = await import('ioredis');
  const redis = new Connection(url, {
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
    // What closed the connection says more than that it is closed.
    throw failureOf(lost ?? (error as Error), place);
  } finally {
    redis.disconnect();
  }
}

function failureOf(error: Error, place: string) {
  const { code, message } = error as Error & { code?: string };
  if (message.startsWith('LOADING'))
    return passing('RedisLoading', `Redis at ${place} is still loading its data`);
  if (/^(NOAUTH|WRONGPASS|NOPERM|READONLY|ERR)\b/.test(message))
    return permanent('RedisRefused', `Redis at ${place} refuses: ${message}`);
  return passing(
    'RedisUnreachable',
    `Cannot reach Redis at ${place}: ${message || code || error.name}`,
  );
}

function urlOf({ url, directory }: Server): string {
  const name = SecretName.safeParse(url);
  if (!name.success) return url;
  try {
    return secretOf(name.data, directory);
  } catch (error) {
    if (error instanceof MissingSecret) throw permanent('SecretMissing', error.message);
    throw error;
  }
}

/** Host and port only: the rest of the URL may hold a password. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url.includes('://') ? url : `redis://${url}`);
    return `${host || 'localhost'}${pathname.length > 1 ? pathname : ''}`;
  } catch {
    return 'its URL';
  }
}
