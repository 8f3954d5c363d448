import { expectSqlite } from '../../../src/activities/database/expect-engine.ts';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { stringify } from 'yaml';
import { createSystems } from '../../../src/activities/index.ts';
import { markOf } from '../../../src/activities/logs/rotate/history.ts';
import { openMarks } from '../../../src/activities/logs/rotate/marks.ts';
import { loadTarget } from '../../../src/config/load/load.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { createSampleDatabase, SAMPLE_TABLE } from '../../../src/dev/demo/sample-database.ts';
import { startLifeline } from '../../../src/dev/server/lifeline.ts';
import { IMAGE } from '../../activities/runtime/support/compose-project.ts';
import { COMPOSE_FILE } from '../../activities/runtime/support/compose-world.ts';
import { containers, docker } from '../../activities/runtime/support/docker-daemon.ts';
import { openListeners } from '../../notify/channels/support/listeners.ts';
import { startMailServer } from '../../notify/channels/support/mail-server.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { test as base } from '../../support/run.ts';
import { startLogger } from './logger.ts';
import { startNginx } from './nginx.ts';
import { makeProject } from './uv-project.ts';

export type Template = 'ahgd' | 'analytics-hub';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const TEMPLATES = join(repository, 'targets');
const APP = join(repository, 'src/dev/demo/sample-app.ts');
const SHARED = ['/usr:/usr:ro', '/usr/lib:/lib:ro', '/usr/lib64:/lib64:ro'];
const DAY = 86_400_000;

/** It finds its database and its cache as the manuals' applications do: by its environment. */
const START = 'exec "$0" "$1" "${DATABASE_URL#sqlite:///}" "$2" "$3" ${REDIS_URL:+"$REDIS_URL"}';

/**
 * All that a template speaks of, small and on this machine: its application in a container of Compose, nginx with TLS before it, Redis,
 * Python that writes its logs, its contacts' mail and hooks. The target extends the template, and says nothing but where all this is.
 */
export const test = base.extend<{ template: Template; world: SqliteTarget }>({
  template: 'ahgd',

  world: async ({ template }, use) => {
    const home = mkdtempSync(join(tmpdir(), 'template-'));
    const directory = join(home, 'app');
    const targets = join(home, 'targets');
    for (const one of [directory, targets]) mkdirSync(one);
    cpSync(join(TEMPLATES, `${template}.yaml`), join(targets, `${template}.yaml`));
    const shipped = loadTarget(template, TEMPLATES);
    const app = { port: await reservedPort() };
    const redisPort = await reservedPort();
    const redis =
      shipped.cache &&
      (await startLifeline('redis-server', ['--port', `${redisPort}`, '--save', ''], { grace: 0 }));
    const nginx = await startNginx(join(home, 'nginx'), app.port);
    const mail = await startMailServer();
    const hooks = openListeners();
    const hook = await hooks.listen();
    writeFileSync(join(home, 'smtp'), `smtp://${mail.host}`);
    writeFileSync(join(home, 'hook'), hook.url);

    const name = `${template}-${basename(home).slice(-6).toLowerCase().replaceAll('_', 'x')}`;
    const url = `http://127.0.0.1:${app.port}`;
    const command = [process.execPath, APP, `${app.port}`, `${process.pid}`];
    const overlay = {
      name,
      extends: template,
      enabled: true,
      directory,
      app: { ...app, kind: 'web', url, health: `${url}/_stcore/health` },
      proxy: { url: nginx.url },
      ...(shipped.cache && { cache: { url: `redis://127.0.0.1:${redisPort}` } }),
      backups: { directory: join(home, 'backups') },
      drill: { command: hereOf(shipped.drill!.command) },
      // So that it is open now.
      maintenance: { window: { calendar: 'daily', start: timeOf(-60_000), timezone: 'UTC' } },
      channels: Object.fromEntries(
        Object.entries(shipped.channels).map(([way, { kind }]) => [
          way,
          { url: `file:${join(home, kind === 'smtp' ? 'smtp' : 'hook')}` },
        ]),
      ),
    };
    writeFileSync(join(targets, `${name}.yaml`), stringify(overlay));
    const world = expectSqlite(loadTarget(name, targets), 'This test');
    // It would update the machine on which tests run: its own test has a host of its own.
    delete world.schedules['security-updates'];
    await furnish(world, template, command, overlay.cache?.url);
    const logger = await startLogger(template, directory);
    const { runtime, http } = createSystems(world, 'test');
    await runtime.start();
    await http.expectReady();
    await untilWritten(world);

    await use(world);

    for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
    for (const one of [logger, nginx, redis]) await one?.stop();
    await mail.close();
    hooks.close();
    rmSync(home, { recursive: true, force: true });
  },
});

/** No port can be published where containers have the host's network, and the image has neither Node nor the application. */
function hereOf(words: readonly string[]): string[] {
  const mounts = [...SHARED, `${repository}:${repository}:ro`].map((one) => `--volume=${one}`);
  return [
    ...words.flatMap((word) =>
      word.startsWith('--publish=') ? ['--network=host', '--pid=host', ...mounts] : [word],
    ),
    'sh',
    '-c',
    START,
    process.execPath,
    APP,
    '{port}',
    `${process.pid}`,
  ];
}

async function furnish(
  { directory, database, backups, runtime }: SqliteTarget,
  template: Template,
  command: readonly string[],
  redisUrl: string | undefined,
): Promise<void> {
  createSampleDatabase(database.file, { rows: 2000 });
  const db = new Database(database.file);
  db.exec(`create table ${database.keyTable} as select * from ${SAMPLE_TABLE}`);
  db.close();
  chmodSync(database.file, 0o600);

  const environment = {
    DATABASE_URL: `sqlite:///${database.file}`,
    REDIS_URL: redisUrl ?? '',
    ANALYTICS_HUB_ENV: 'production',
  };
  const names = runtime.environment as readonly string[];
  const app = {
    image: IMAGE,
    network_mode: 'host',
    // It looks whether the test still runs.
    pid: 'host',
    command: ['sh', '-c', START, ...command].map((word) => word.replaceAll('$', '$$$$')),
    environment: Object.fromEntries(
      Object.entries(environment).filter(([key]) => key === 'DATABASE_URL' || names.includes(key)),
    ),
    volumes: [...SHARED, `${repository}:${repository}:ro`, `${directory}:${directory}`],
  };
  writeFileSync(join(directory, COMPOSE_FILE), JSON.stringify({ services: { app } }));

  // As the list of both manuals has it: 600.
  for (const file of backups.daily.files)
    writeFileSync(join(directory, file), 'LEVEL=info\n', { mode: 0o600 });
  for (const file of backups.weekly?.files ?? []) {
    mkdirSync(join(directory, file), { recursive: true });
    writeFileSync(join(directory, file, 'one.csv'), 'a,b\n1,2\n');
  }
  if (template === 'ahgd') await makeProject(directory);
}

/** Its logs have lines, and are as old as they need be to be rotated. */
async function untilWritten(world: SqliteTarget): Promise<void> {
  const marks = openMarks(world);
  for (const { file } of world.logs) {
    // Errors are not written while all is well.
    while (
      !file.endsWith('errors.log') &&
      (statSync(file, { throwIfNoEntry: false })?.size ?? 0) < 5000
    )
      await sleep(50);
    marks.set(file, markOf(file, Date.now() - 2 * DAY));
  }
}

function timeOf(past: number): string {
  return new Date(Date.now() + past).toISOString().slice(11, 16);
}
