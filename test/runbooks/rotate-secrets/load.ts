import { Redis } from 'ioredis';
import type { Target } from '../../../src/config/schema/target.ts';
import { secretIn, USER } from './with-secret.ts';

/** A client that logs in again and again by what stands in `.env`, as programs do that come and go. */
export function startLoad(world: Target, secret = () => secretIn(world)) {
  const load = { logins: 0, refused: 0, going: true, stop };
  const done = run();
  return load;

  async function run(): Promise<void> {
    while (load.going) {
      const password = secret();
      if (await accepted(password)) load.logins += 1;
      else load.refused += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function accepted(password: string): Promise<boolean> {
    const redis = new Redis(world.cache!.url, {
      username: USER,
      password,
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
    });
    redis.on('error', () => {});
    try {
      await redis.connect();
      return (await redis.ping()) === 'PONG';
    } catch {
      return false;
    } finally {
      redis.disconnect();
    }
  }

  async function stop(): Promise<void> {
    load.going = false;
    await done;
  }
}
