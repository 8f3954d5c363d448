import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../src/dev/server/free-port.ts';
import { type Lifeline, startLifeline } from '../../../../src/dev/server/lifeline.ts';

export interface RedisServer {
  readonly server: Lifeline;
  readonly port: number;
}

interface RedisOptions {
  readonly port?: number;
  readonly options?: readonly string[];
  /** What it prints when it has come as far as is wanted. */
  readonly sign?: string;
}

/** A Redis server that writes nothing but into `directory`, and does not outlive this process. */
export async function startRedis(
  directory: string,
  { port, options = [], sign = 'Ready to accept connections' }: RedisOptions = {},
): Promise<RedisServer> {
  const chosen = port ?? (await freePort(0));
  const log = join(directory, `redis-${crypto.randomUUID()}.log`);
  const place = ['--port', `${chosen}`, '--bind', '127.0.0.1', '--dir', directory];
  const silent = ['--save', '', '--appendonly', 'no'];
  const server = await startLifeline('redis-server', [...place, ...silent, ...options], {
    log,
    grace: 0,
  });
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await readFile(log, 'utf8')).includes(sign)) return { server, port: chosen };
    await sleep(25);
  }
  await server.stop();
  throw new Error(`Redis does not start: ${await readFile(log, 'utf8')}`);
}
