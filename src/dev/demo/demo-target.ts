import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqliteTarget } from '../../config/schema/target.ts';
import { findOnPath } from '../server/find-on-path.ts';
import { freePort } from '../server/free-port.ts';
import { type Lifeline, startLifeline } from '../server/lifeline.ts';
import { createSampleDatabase, type SampleOptions } from './sample-database.ts';

export interface DemoWorld {
  readonly target: SqliteTarget;
  /** Missing when no redis-server is on PATH. */
  readonly redis?: Lifeline;
}

/** Makes the demo's target anew in `directory`: database, free ports, and a Redis server when there is one to start. */
export async function createDemoWorld(
  template: SqliteTarget,
  directory: string,
  sample: SampleOptions = {},
): Promise<DemoWorld> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'demo.db');
  createSampleDatabase(file, sample);
  const redis = template.cache && (await startRedis(directory, portOf(template.cache.url)));
  const port = await freePort(portOf(template.app.url));
  const url = `http://127.0.0.1:${port}`;
  const app = fileURLToPath(new URL(`sample-app${extname(import.meta.url)}`, import.meta.url));
  const { cache, ...rest } = template;
  return {
    ...(redis && { redis: redis.server }),
    target: {
      ...rest,
      directory,
      state: join(directory, '.runbook'),
      runtime: {
        kind: 'process',
        command: [
          process.execPath,
          app,
          file,
          `${port}`,
          `${process.pid}`,
          ...(redis ? [redis.url] : []),
        ],
        environment: {},
        log: join(directory, 'app.log'),
        stopGrace: '10s',
      },
      app: {
        ...template.app,
        url,
        health: `${url}/_stcore/health`,
      },
      database: { ...template.database, file },
      drill: {
        command: [process.execPath, app, '{database}', '{port}', `${process.pid}`],
        environment: {},
        url: 'http://127.0.0.1:{port}',
        health: 'http://127.0.0.1:{port}/_stcore/health',
      },
      backups: { ...template.backups, directory: join(directory, 'backups') },
      ...(cache && redis && { cache: { ...cache, url: redis.url } }),
    },
  };
}

async function startRedis(directory: string, preferred: number) {
  const program = findOnPath('redis-server');
  if (!program || !existsSync(program)) return undefined;
  const port = await freePort(preferred);
  const server = await startLifeline(program, [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
  ]);
  return { server, url: `redis://127.0.0.1:${port}` };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
