import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { ensureOwn } from '../os/files/ensure-private.ts';

export interface Place {
  /** 0 holds the target, 1 is its child, and so on. */
  readonly depth: number;
  /** A workflow id. */
  readonly holder: string;
  /** Names what the run makes. */
  readonly stamp: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** 1: it may stop others, and is stopped by none. */
  readonly firm: number;
}

/** A run that ended without releasing the target: what it did may be incomplete. */
export interface Unfinished {
  /** A workflow id. */
  readonly run: string;
  /** Names what it made. */
  readonly stamp: string;
  /** Since when it held the target. ISO 8601, UTC. */
  readonly since: string;
}

const TABLES = `
  create table if not exists claim (depth integer primary key, holder text not null, stamp text not null,
    since text not null, firm integer not null);
  create table if not exists unfinished (run text primary key, stamp text not null, since text not null);
  create table if not exists ended (execution text primary key);
  create table if not exists named (last text not null);
  create table if not exists place (id text not null);
  create table if not exists carried (id text primary key);
  create table if not exists automatic (run text primary key, at text not null);
  create table if not exists automation_off (since text not null, until text not null, by text not null,
    reason text not null);`;

/** The newest on top. */
export function places(db: Database.Database): Place[] {
  return db.prepare('select * from claim order by depth desc').all() as Place[];
}

export function unfinishedIn(db: Database.Database): Unfinished[] {
  return db.prepare('select * from unfinished order by since').all() as Unfinished[];
}

export async function reading<Result>(file: string, read: (db: Database.Database) => Result) {
  const db = await open(file);
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** `givenUp` ends the wait for others, with its reason; nothing is written then. */
export async function exclusively<Result>(
  file: string,
  work: (db: Database.Database) => Promise<Result>,
  givenUp?: AbortSignal,
): Promise<Result> {
  const db = await open(file, givenUp);
  try {
    await untilFree(() => db.exec('begin immediate'), givenUp);
    const result = await work(db);
    await untilFree(() => db.exec('commit'), givenUp);
    return result;
  } finally {
    db.close(); // rolls back what was not committed
  }
}

async function open(file: string, givenUp?: AbortSignal): Promise<Database.Database> {
  ensureOwn(join(file, '..'));
  const db = opened(file);
  try {
    await untilFree(() => db.exec(TABLES), givenUp);
    return db;
  } catch (error) {
    db.close();
    throw Object.assign(error as Error, { path: file });
  }
}

/** SQLite does not say which file it cannot open. */
function opened(file: string): Database.Database {
  try {
    return new Database(file, { timeout: 0 });
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  }
}

/** Waits without blocking the process: heartbeats go on meanwhile. */
async function untilFree(action: () => unknown, givenUp?: AbortSignal): Promise<void> {
  for (;;) {
    givenUp?.throwIfAborted();
    try {
      action();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
      await sleep(20);
    }
  }
}
