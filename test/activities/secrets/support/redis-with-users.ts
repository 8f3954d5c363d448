import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findOnPath } from '../../../../src/dev/server/find-on-path.ts';
import { startLifeline } from '../../../../src/dev/server/lifeline.ts';
import { reservedPort } from '../../../support/reserved-port.ts';

export const hasRedis = findOnPath('redis-server') !== undefined;
export const USER = 'shop';

/** A Redis of its own whose user `shop` has a password, and a file of users that it reads at its start. */
export async function startRedis(password: string) {
  const directory = mkdtempSync(join(tmpdir(), 'redis-'));
  const users = join(directory, 'users.acl');
  writeFileSync(users, `user default on nopass ~* +@all\nuser ${USER} on >${password} ~* +@all\n`);
  const port = await reservedPort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const start = () =>
    startLifeline(findOnPath('redis-server')!, [...words, '--aclfile', users], { cwd: directory });
  let server = await start();
  const url = `redis://127.0.0.1:${port}`;
  await ready();
  return {
    url,
    users,
    /** As it comes back after its end: by its file. */
    async restart() {
      await server.stop();
      server = await start();
      await ready();
    },
    async takes(value: string): Promise<boolean> {
      const redis = connection({ username: USER, password: value });
      let lost: Error | undefined;
      redis.on('error', (error: Error) => (lost = error));
      try {
        await redis.connect();
        return (await redis.ping()) === 'PONG';
      } catch (error) {
        if (/WRONGPASS/.test((lost ?? (error as Error)).message)) return false;
        throw lost ?? error;
      } finally {
        redis.disconnect();
      }
    },
    /** All that the server shows of what it is told, from now on. */
    async watch() {
      const redis = connection({});
      await redis.connect();
      const monitor = await redis.monitor();
      const lines: string[] = [];
      monitor.on('monitor', (_, words: string[]) => lines.push(words.join(' ')));
      return {
        lines,
        stop() {
          monitor.disconnect();
          redis.disconnect();
        },
      };
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };

  function connection(login: object): Redis {
    const redis = new Redis(url, {
      ...login,
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
    });
    redis.on('error', () => {});
    return redis;
  }

  async function ready(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const redis = connection({});
      try {
        await redis.connect();
        await redis.ping();
        return;
      } catch (error) {
        if (tries > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      } finally {
        redis.disconnect();
      }
    }
  }
}
