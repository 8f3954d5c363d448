import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { SIDECARS } from '../../../../src/os/files/sqlite-sidecars.ts';
import { LOCK_TIMEOUT } from '../../../support/timeouts.ts';

/** Commits rows that are in the write-ahead log only, and leaves the files as a killed application does. */
export function leaveInLog(file: string, rows: number): void {
  leave(file, (db) => {
    db.pragma('journal_mode = WAL');
    db.pragma('wal_autocheckpoint = 0');
    insert(db, rows);
  });
}

/** Dies in the middle of a large transaction: half of it is in the main file, and a hot journal beside it. */
export function leaveHotJournal(file: string): void {
  leave(file, (db) => {
    db.pragma('journal_mode = DELETE');
    db.pragma('cache_size = 5');
    db.exec('begin');
    insert(db, 20_000);
    db.exec('delete from indicators where id < 100');
  });
}

export function addRows(file: string, rows: number): void {
  const db = new Database(file, { timeout: LOCK_TIMEOUT });
  insert(db, rows);
  db.close();
}

/** Rows and quick_check of a database as its application would see it; its files are not changed. */
export function seenIn(file: string): { rows: number; check: unknown } | undefined {
  if (!existsSync(file)) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'seen-'));
  try {
    for (const suffix of ['', ...SIDECARS])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, join(directory, `x.db${suffix}`));
    const db = new Database(join(directory, 'x.db'));
    try {
      const rows = db.prepare('select count(*) from indicators').pluck().get() as number;
      return { rows, check: db.pragma('quick_check', { simple: true }) };
    } finally {
      db.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Names beside the database, without its own: `.pre-20260105_020000`, `-wal`, ... */
export function beside(file: string): string[] {
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(basename(file)) && name !== basename(file))
    .map((name) => name.slice(basename(file).length))
    .toSorted();
}

function leave(file: string, write: (db: Database.Database) => void): void {
  const db = new Database(file, { timeout: LOCK_TIMEOUT });
  write(db);
  for (const suffix of ['', ...SIDECARS])
    if (existsSync(file + suffix)) copyFileSync(file + suffix, `${file}.left${suffix}`);
  if (db.inTransaction) db.exec('rollback');
  db.close();
  for (const suffix of ['', ...SIDECARS])
    if (existsSync(`${file}.left${suffix}`)) renameSync(`${file}.left${suffix}`, file + suffix);
}

function insert(db: Database.Database, rows: number): void {
  const statement = db.prepare('insert into indicators (region, value) values (?, ?)');
  const own = !db.inTransaction;
  if (own) db.exec('begin');
  for (let row = 0; row < rows; row += 1) statement.run(`added ${row} ${'x'.repeat(50)}`, row);
  if (own) db.exec('commit');
}

/** Overwrites pages in the middle of the file. */
export function damagePages(file: string): void {
  const fd = openSync(file, 'r+');
  for (let page = 8; page < 24; page += 1)
    writeSync(fd, Buffer.alloc(4096, 0xab), 0, 4096, page * 4096);
  closeSync(fd);
}
