import type { Redis } from 'ioredis';
import { SecretName } from '../../config/schema/values/secret.ts';
import { MissingSecret, secretOf } from '../../config/secret-of.ts';
import { passing, permanent } from '../../os/failure.ts';
import { hangUpAfter } from './hang-up-after.ts';

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
  try {
    return await hangUpAfter(url, work);
  } catch (error) {
    throw failureOf(error as Error, place);
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
