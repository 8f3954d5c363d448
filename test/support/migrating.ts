import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { escapeIdentifier } from 'pg';
import { createSystems, type Systems } from '../../src/activities/index.ts';
import { planFile } from '../../src/activities/migration/plan/plan-file.ts';
import type { SqliteTarget, Target } from '../../src/config/schema/target.ts';
import { type Cluster, PASSWORD, startCluster } from './postgres.ts';
import { reservedPort } from './reserved-port.ts';
import { type Runs, useRuns } from './run.ts';
import { targetIn, test as base } from './target.ts';
import { writeTrial } from './trial.ts';

export const MIGRATED_ROWS = 500;

/** The application of a target that migrates: which engine it works on, and with how many rows. */
export interface Served {
  readonly engine: string;
  readonly rows: number;
}

/**
 * A target on SQLite whose application reads from `.env` where its database is, and an empty database on a PostgreSQL cluster to which it
 * migrates. Its application runs.
 */
export const test = base.extend<{
  cluster: Cluster;
  writes: boolean;
  world: SqliteTarget;
  systems: Systems;
  runs: Runs;
}>({
  writes: true,
  cluster: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const cluster = await startCluster();
      await use(cluster);
      await cluster.stop();
    },
    { scope: 'file' },
  ],
  world: async ({ directory, cluster, writes }, use) => {
    const world = await migratingTarget(directory, cluster, { writes });
    await use(world);
    await createSystems(world, 'test').runtime.stop();
  },
  systems: async ({ world }, use) => use(createSystems(world, 'test')),
  runs: async ({ world, systems }, use) => {
    await systems.runtime.start();
    await systems.http.expectReady();
    await useRuns({ world }, use);
  },
});

async function migratingTarget(
  directory: string,
  cluster: Cluster,
  { writes, name }: { readonly writes: boolean; readonly name?: string },
): Promise<SqliteTarget> {
  const database = `shop_${crypto.randomUUID().slice(0, 8)}`;
  await cluster.sql(`create database ${escapeIdentifier(database)} owner app`);
  const port = await reservedPort();
  const url = `http://127.0.0.1:${port}`;
  const app = fileURLToPath(new URL('migrating-app.ts', import.meta.url));
  const file = join(directory, 'shop.db');
  const at = `127.0.0.1:${cluster.port}/${database}`;
  mkdirSync(join(directory, '.runbook'), { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, '.env'), envText(`sqlite:${file}`, writes));
  writeFileSync(
    join(directory, 'new-url'),
    `postgresql://app:${encodeURIComponent(PASSWORD)}@${at}`,
    { mode: 0o600 },
  );
  writeFileSync(join(directory, 'password'), PASSWORD, { mode: 0o600 });
  createShop(file);
  const world = targetIn(directory, {
    ...(name !== undefined && { name }),
    runtime: {
      kind: 'process',
      command: [process.execPath, app, `${port}`, `${process.pid}`],
      log: join(directory, 'app.log'),
    },
    app: {
      kind: 'web',
      url,
      health: `${url}/_stcore/health`,
      timeout: '5s',
      ready: { within: '20s', every: '500ms' },
    },
    database: { kind: 'sqlite', file, keyTable: 'indicators', mode: '600' },
    migration: {
      to: {
        kind: 'postgres',
        host: '127.0.0.1',
        port: cluster.port,
        database,
        user: 'operations',
        password: `file:${join(directory, 'password')}`,
        keyTable: 'indicators',
        application: { users: ['app'] },
      },
      switch: {
        file: join(directory, '.env'),
        variable: 'DATABASE_URL',
        value: `file:${join(directory, 'new-url')}`,
      },
      trial: join(directory, 'trial'),
    },
    decisions: { wait: '0s', waitWhileDown: '0s' },
    approvals: { by: [], quorum: 1, within: '5m', unproven: 'allow' },
    contacts: { operations: { members: ['ops-1'] } },
  });
  return world;
}

export function envText(url: string, writes: boolean): string {
  return `# of the shop\nDATABASE_URL=${url}\nWRITES=${writes ? 'yes' : 'no'}\n`;
}

/** Rows, a key that counts, a full-text table that triggers keep, and one trigger that changes another table. */
function createShop(file: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = wal');
  db.exec(`create table indicators (id integer primary key autoincrement, region text, value real, at text default current_timestamp);
    create index by_region on indicators (region);
    create table changes (n integer);
    create virtual table found using fts5(region, content='indicators', content_rowid='id');
    create trigger found_ai after insert on indicators begin insert into found(rowid, region) values (new.id, new.region); end;
    create trigger found_ad after delete on indicators begin insert into found(found, rowid, region) values ('delete', old.id, old.region); end;
    create trigger counted after insert on indicators begin insert into changes values (new.id); end`);
  const insert = db.prepare('insert into indicators (region, value) values (?, ?)');
  db.transaction(() => {
    for (let row = 0; row < MIGRATED_ROWS; row += 1) insert.run(`region ${row % 7}`, row / 3);
  })();
  db.close();
}

/** What people say to each question of the plan that lies there. */
export function answerPlan(world: Target, answer = 'leave out'): void {
  const file = planFile(world);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('answer: refuse', `answer: ${answer}`));
}

/** What the application says. Undefined: it does not answer, or says that it fails. */
export async function servedBy({ app }: Target): Promise<Served | undefined> {
  const answer = await fetch(app.url).catch(() => undefined);
  const [, rows, engine] = /^(\d+) rows in (\w+)$/.exec((await answer?.text()) ?? '') ?? [];
  return answer?.ok && engine !== undefined ? { engine, rows: Number(rows) } : undefined;
}

/** Rehearses, as far as a cut-over demands. */
export async function rehearse(world: Target, runs: Runs): Promise<void> {
  await runs.run('migrate-to-postgres');
  answerPlan(world);
  const { ending } = await runs.run('migrate-to-postgres');
  if (ending.outcome !== 'done') throw new Error(`Not rehearsed: ${ending.failure?.message}`);
  writeTrial(world);
}
