import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { readData } from '../../../src/activities/health/database/data.ts';
import { database } from '../../../src/activities/health/database/database.ts';
import { locks } from '../../../src/activities/health/database/locks.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { fill, ROWS, test } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';

describe('database', () => {
  test('is read in the live file while its application has it open', async ({ target }) => {
    const application = new Database(target.database.file);
    application.pragma('synchronous');
    chmodSync(target.database.file, 0o600);

    const figures = await sampler(target)(database);
    application.close();

    expect(figures['data.rows']).toMatchObject({ value: ROWS, verdict: 'ok' });
    expect(figures['data.query']).toMatchObject({ verdict: 'ok' });
    expect(figures['database.mode']).toMatchObject({ value: 1, verdict: 'ok' });
    expect(Object.values(figures).filter(({ verdict }) => verdict !== 'ok')).toMatchObject([
      { name: 'database.growth', verdict: 'not applicable' },
    ]);
  });

  test.for([
    ['The database file is missing', () => {}],
    ['The database file has 0 bytes', (file: string) => writeFileSync(file, '')],
    ['A directory lies in the place of the database file', (file: string) => mkdirSync(file)],
    [
      'The database file is no database',
      (file: string) => writeFileSync(file, 'text, and no database '.repeat(100)),
    ],
  ] as const)('says in words of its own: %s', async ([note, put], { target }) => {
    const { file } = target.database;
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    put(file);

    const figures = await sampler(target)(database);

    expect(figures['data.rows']).toMatchObject({
      verdict: 'critical',
      note,
      runbook: 'database-issue',
    });
    expect(existsSync(file)).toBe(note !== 'The database file is missing');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'says when the user of the application cannot use it, whatever root may do',
    async ({ target }) => {
      const { file } = target.database;
      const application = spawn('sleep', ['60'], { uid: 65_534, gid: 65_534 });
      await once(application, 'spawn');
      chmodSync(file, 0o600);
      const sample = sampler(target, { pids: [application.pid!] });

      const closed = await sample(database);
      chmodSync(file, 0o666);
      const open = await sample(database);
      application.kill();

      expect(closed['database.mode']).toMatchObject({
        verdict: 'critical',
        note: `Mode 600, owner 0: the application, as user 65534, cannot read and write it: chown 65534 '${file}'`,
      });
      expect(open['database.mode']).toMatchObject({
        verdict: 'warning',
        note: `Mode 666, owner 0: looser than 600: chmod 600 '${file}'`,
      });
    },
  );

  test('keeps large values in the file when it reads the newest rows', async ({ target }) => {
    const { file } = target.database;
    const db = new Database(file);
    db.exec('create table documents (id integer primary key, body blob)');
    const insert = db.prepare('insert into documents (body) values (zeroblob(8000000))');
    for (let row = 0; row < 10; row += 1) insert.run();
    const before = process.memoryUsage().arrayBuffers;

    const facts = readData({ ...target.database, keyTable: 'documents' });
    const held = process.memoryUsage().arrayBuffers - before;
    db.close();

    expect(facts).toMatchObject({ rows: 10, querySeconds: expect.any(Number) });
    expect(held).toBeLessThan(8_000_000);
  });

  test('is unknown, and not damaged, while a broken-off transaction is to be taken back', async ({
    target,
  }) => {
    const { file } = target.database;
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    fill(file, 20_000, 'DELETE');
    const writer = spawn(process.execPath, ['-e', SPILLING, file]);
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    expect(existsSync(`${file}-journal`)).toBe(true);

    const broken = await sampler(target)(database);
    const application = new Database(file);
    application.prepare('select count(*) from indicators').get();
    application.close();
    const after = await sampler(target)(database);

    expect(broken['data.rows']).toMatchObject({
      verdict: 'unknown',
      note: 'Not read: A transaction was broken off, and is taken back by whoever opens the database next to write',
    });
    expect(after['data.rows']).toMatchObject({ verdict: 'ok', value: 20_000 });
  });

  test('grows by what a day has added, and not by what a minute has', async ({ target }) => {
    const store = openFigures(target.state);
    const at = new Date(Date.now() - 20 * 3_600_000).toISOString();
    const size = {
      name: 'database.size',
      unit: 'bytes',
      source: '',
      verdict: 'ok',
      note: '',
    } as const;
    store.record([{ ...size, value: 0, at }], at);
    store.close();
    const limited: SqliteTarget = { ...target, metrics: { databaseGrowth: { warning: '1KB' } } };

    const figures = await sampler(limited)(database);

    expect(figures['database.growth']).toMatchObject({
      verdict: 'warning',
      limit: 'warning above 1KB a day',
    });
  });
});

/** Begins a read, and keeps it open until something is said to it. */
const READER = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1], { readonly: true });
  db.exec('begin');
  db.prepare('select count(*) from indicators').get();
  console.log('reads');
  process.stdin.on('data', () => { db.exec('commit'); console.log('ended'); });
`;

describe('locks', () => {
  test('name the process whose read holds the log back, and are well when it has ended', async ({
    target,
  }) => {
    const { file } = target.database;
    const reader = spawn(process.execPath, ['-e', READER, file]);
    await once(reader.stdout, 'data');
    const writer = new Database(file);
    writer.exec('create table large as select zeroblob(10000000) as bytes');
    writer.close();
    const sample = sampler(target);

    const first = await sample(locks);
    await sample(locks);
    const third = await sample(locks);
    reader.stdin.write('end');
    await once(reader.stdout, 'data');
    const after = await sample(locks);
    reader.kill();

    expect(first['database.reader']).toMatchObject({ verdict: 'ok' });
    expect(third['database.reader']).toMatchObject({
      verdict: 'warning',
      value: 120,
      runbook: 'database-locked',
    });
    expect(third['database.reader']!.note).toContain(
      `node (process ${reader.pid}) has been reading for at least 120 s`,
    );
    expect(after['database.reader']).toMatchObject({ verdict: 'ok', value: 0 });
  });

  test('are taken as often as they are seen so, without a byte of the database being touched', async ({
    target,
  }) => {
    const limited: SqliteTarget = { ...target, metrics: { lockWait: { warning: '50%' } } };
    const sample = sampler(limited);
    const writer = spawn(process.execPath, ['-e', WRITER, target.database.file]);
    await once(writer.stdout, 'data');

    const held = await sample(locks);
    writer.kill();
    await once(writer, 'exit');
    const free = await sample(locks);

    expect(held['database.writeLock']).toMatchObject({ value: 1, verdict: 'warning' });
    expect(free['database.writeLock']).toMatchObject({ value: 0, verdict: 'ok' });
  });

  test.for([
    ['begin immediate', 'WAL', 'critical'],
    ['begin exclusive', 'DELETE', 'critical'],
    // As a backup does.
    ['begin; select count(*) from indicators', 'DELETE', 'ok'],
  ] as const)(
    'that are never released are judged where the policy says nothing: %s in mode %s is %s',
    async ([statement, mode, verdict], { target }) => {
      const { file } = target.database;
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
      fill(file, ROWS, mode);
      const holder = spawn(process.execPath, ['-e', WRITER, file, statement]);
      await once(holder.stdout, 'data');

      const { 'database.writeLock': figure } = await sampler(target)(locks);
      holder.kill();

      expect(figure).toMatchObject({ value: 1, verdict });
      if (verdict === 'critical')
        expect(figure).toMatchObject({
          note: `Taken in 24 of 24 looks: node (process ${holder.pid})`,
          runbook: 'database-locked',
        });
    },
  );
});

/** Writes to the file before it commits: what it replaces is in the journal. */
const SPILLING = `
  const db = new (require('better-sqlite3'))(process.argv[1]);
  db.pragma('cache_size = 5');
  db.exec("begin; update indicators set region = region || 'longer than before'");
  console.log('writes');
  setInterval(() => {}, 1000);
`;

const WRITER = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1]);
  db.exec(process.argv[2] ?? 'begin immediate');
  console.log('writes');
  setInterval(() => {}, 1000);
`;
