import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { adviseIndex } from '../../../src/activities/database/sqlite/indexes/advise-index.ts';
import { database } from '../../../src/activities/health/database/database.ts';
import { locks } from '../../../src/activities/health/database/locks.ts';
import { sampler } from '../../activities/health/support/sampling.ts';
import { badOf, type Fault, type Place } from './fault.ts';

const HEALTH =
  'sqlite3 health_analytics.db "SELECT COUNT(*) FROM sqlite_master;" || echo "❌ Database error"';
const INTEGRITY = 'sqlite3 health_analytics.db "PRAGMA integrity_check;"';

/** Has a transaction open in the database: one that writes, or one that reads. */
const HOLDER = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1]);
  db.exec(process.argv[2]);
  db.prepare('select count(*) from indicators').get();
  console.log('holds');
  setInterval(() => {}, 1000);
`;

export function databaseFaults({ target, directory }: Place): Fault[] {
  const { file } = target.database;
  const here = { 'health_analytics.db': file, 'analytics_hub.db': file };
  const made = new Database(file);
  made.exec('create table large (bytes blob)');
  made.close();
  const sample = sampler(target);
  const look = async () => badOf(await sample(database));
  const looks = [
    { manual: 'A', text: HEALTH, here },
    { manual: 'A', text: 'ls -la health_analytics.db', here },
  ] as const;
  const files = ['', '-wal', '-shm'].map((end) => `${file}${end}`);

  return [
    ...(
      [
        ['The database file is missing', () => {}],
        ['It has 0 bytes', () => writeFileSync(file, '')],
        ['A directory lies in its place', () => mkdirSync(file)],
        ['It is text', () => writeFileSync(file, 'text, and no database '.repeat(100))],
      ] as const
    ).map(([name, put]) => ({
      name,
      commands: [...looks, { manual: 'A', text: INTEGRITY, here } as const],
      by: 'health-check',
      look,
      strike: async () => {
        const aside = `${directory}/aside`;
        mkdirSync(aside);
        for (const one of files) rename(one, `${aside}/${one.slice(file.length)}x`);
        put();
        return () => {
          for (const one of files) rmSync(one, { force: true, recursive: true });
          for (const one of files) rename(`${aside}/${one.slice(file.length)}x`, one);
          rmSync(aside, { recursive: true });
        };
      },
    })),
    {
      name: 'One process keeps the write lock: "database is locked"',
      commands: [
        { manual: 'A', text: HEALTH, here },
        { manual: 'A', text: 'lsof health_analytics.db', here },
        { manual: 'B', text: 'fuser analytics_hub.db', here },
      ],
      by: 'health-check',
      look: async () => badOf(await sample(locks)),
      strike: () => holding(file, 'begin immediate; create table if not exists other (a)'),
    },
    {
      name: 'One process reads without an end, and the write-ahead log grows by 10 MB',
      commands: [
        { manual: 'A', text: HEALTH, here },
        { manual: 'A', text: 'lsof health_analytics.db', here },
        { manual: 'A', text: 'du -h health_analytics.db | cut -f1', here },
      ],
      by: 'health-check',
      // Two samples, a minute apart: it counts from the first in which it is seen.
      look: async () => {
        await sample(locks);
        await sample(locks);
        return badOf(await sample(locks));
      },
      strike: async () => {
        const mend = await holding(file, 'begin');
        const db = new Database(file);
        db.exec('insert into large select zeroblob(12000000)');
        db.close();
        return mend;
      },
    },
    missingIndex({ target, directory }),
  ];
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // There is none.
  }
}

async function holding(file: string, begin: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, ['-e', HOLDER, file, begin], { cwd: process.cwd() });
  await once(holder.stdout, 'data');
  return async () => {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  };
}

/** It is well with an index, and struck by its loss. */
function missingIndex({ target, directory }: Place): Fault {
  const file = `${directory}/indexed.db`;
  cpSync(target.database.file, file);
  const db = new Database(file);
  db.exec(`create table sustainability_indicators (id integer primary key, tenant_id text, year int, value real);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000)
    insert into sustainability_indicators select i, 'tenant ' || i % 500, 2000 + i % 25, i from n;
    create index idx_tenant_year on sustainability_indicators (tenant_id, year);`);
  db.close();
  const sql =
    "select avg(value) from sustainability_indicators where tenant_id = 'tenant 7' and year = 2007";
  const statement = { sql, times: 20, milliseconds: 900 };
  const indexes = [
    {
      name: 'idx_tenant_year',
      table: 'sustainability_indicators',
      columns: ['tenant_id', 'year'],
    },
  ];
  const place = {
    ...target,
    database: { ...target.database, file, keyTable: 'sustainability_indicators', indexes },
  };
  return {
    name: 'The index is missing by which 200 000 rows are searched',
    commands: [
      {
        manual: 'B',
        text: 'sqlite3 analytics_hub.db "EXPLAIN QUERY PLAN SELECT * FROM sustainability_indicators LIMIT 1;"',
        here: { 'analytics_hub.db': file },
      },
    ],
    by: 'slow-dashboard: its proof on a copy',
    look: async () => {
      const { best, note } = await adviseIndex(place, [statement]);
      return best ? { [best.index.name]: note } : {};
    },
    strike: async () => {
      const open = new Database(file);
      open.exec('drop index idx_tenant_year');
      open.close();
      return () => {};
    },
  };
}
