import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystems } from '../../src/activities/index.ts';
import { Migration } from '../../src/config/schema/moving/migration.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { stampOf } from '../../src/config/time/stamp.ts';
import { type Cluster, PASSWORD, startCluster } from './postgres.ts';
import { writeTrial } from './trial.ts';

/** One for all worlds of a process. It ends with that. */
let cluster: Promise<Cluster> | undefined;

/** The world's application becomes one that reads from `.env` where its database is, and may go to an empty database of PostgreSQL. */
export async function migrates(world: SqliteTarget): Promise<void> {
  const server = await (cluster ??= startCluster());
  const { port } = server;
  const database = `shop_${crypto.randomUUID().slice(0, 8)}`;
  await server.sql(`create database ${database} owner app`);
  const at = (name: string) => join(world.directory, name);
  const text = `DATABASE_URL=sqlite:${world.database.file}\nTABLE=${SAMPLE_TABLE}\nWRITES=yes\n`;
  writeFileSync(at('.env'), text);
  const url = `postgresql://app:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  writeFileSync(at('new-url'), url, { mode: 0o600 });
  writeFileSync(at('password'), PASSWORD, { mode: 0o600 });
  const migration = Migration.parse({
    to: {
      kind: 'postgres',
      host: '127.0.0.1',
      port,
      database,
      user: 'operations',
      password: `file:${at('password')}`,
      keyTable: SAMPLE_TABLE,
      application: { users: ['app'] },
    },
    switch: { file: at('.env'), variable: 'DATABASE_URL', value: `file:${at('new-url')}` },
    trial: at('trial'),
  });
  await createSystems(world, 'before').runtime.stop();
  const app = fileURLToPath(new URL('migrating-app.ts', import.meta.url));
  const command = [process.execPath, app, new URL(world.app.url).port, `${process.pid}`];
  Object.assign(world, { migration, approvals: { ...world.approvals, unproven: 'allow' } });
  Object.assign(world.runtime, { command });
  const { runtime, http } = createSystems(world, 'before');
  await runtime.start();
  await http.expectReady();
}

/** And that was rehearsed, and tried. */
export async function rehearsed(world: SqliteTarget): Promise<void> {
  await migrates(world);
  const { migration } = createSystems(world, 'before');
  const stamp = stampOf(new Date());
  await migration.profile(stamp);
  const { milliseconds } = await migration.copy(stamp, { anew: false });
  await migration.prove(stamp, milliseconds);
  writeTrial(world);
}
