import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { test as base } from 'vitest';
import type { z } from 'zod';
import { type SqliteTarget, Target } from '../../src/config/schema/target.ts';
import { LOCK_TIMEOUT } from './timeouts.ts';

export const ROWS = 500;

/** A target of its own for every test: a temporary directory with a real SQLite database in WAL mode. */
export const test = base.extend<{ directory: string; target: SqliteTarget }>({
  directory: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'target-'));
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },
  target: async ({ directory }, use) => {
    const target = targetIn(directory);
    await mkdir(target.backups.directory);
    await mkdir(target.state);
    fill(target.database.file, ROWS);
    await use(target);
  },
});

/** `overrides` replace whole sections. */
export function targetIn(
  directory: string,
  overrides: Partial<z.input<typeof Target>> = {},
): SqliteTarget {
  const name = `test-${directory
    .split('-')
    .at(-1)!
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')}`;
  return Target.parse({
    name,
    directory,
    state: join(directory, '.runbook'),
    runtime: { kind: 'process', command: ['false'], log: join(directory, 'app.log') },
    app: { url: 'http://127.0.0.1:1/', health: 'http://127.0.0.1:1/_stcore/health', timeout: '2s' },
    database: { kind: 'sqlite', file: join(directory, 'app.db'), keyTable: 'indicators' },
    backups: { directory: join(directory, 'backups') },
    ...overrides,
  }) as SqliteTarget;
}

/** A database with `rows` rows in its key table, and an index, in WAL mode unless told otherwise. */
export function fill(file: string, rows: number, journal: 'WAL' | 'DELETE' = 'WAL'): void {
  const db = new Database(file);
  db.pragma(`journal_mode = ${journal}`);
  db.exec(`create table if not exists indicators (id integer primary key, region text, value real);
    create index if not exists by_region on indicators (region)`);
  const insert = db.prepare('insert into indicators (region, value) values (?, ?)');
  db.transaction(() => {
    for (let row = 0; row < rows; row += 1) insert.run(`region ${row % 7}`, row / 3);
  })();
  db.close();
}

export function countRows(file: string): number {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: LOCK_TIMEOUT });
  try {
    return db.prepare('select count(*) from indicators').pluck().get() as number;
  } finally {
    db.close();
  }
}
