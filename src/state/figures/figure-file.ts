import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { stampOf } from '../../config/time/stamp.ts';
import { permanent } from '../../os/failure.ts';

/** "RBFG": whose file it is. */
const APPLICATION = 0x52_42_46_47;
const VERSION = 1;
/** Another process writes for some milliseconds. */
const TIMEOUT = 5000;
/** Files that were set aside, and are kept. */
const KEPT = 2;

/**
 * Times are whole seconds since 1970, hours whole hours. A series' own rows lie side by side, so that reading 14 days of one
 * takes 12 ms; by time first it took 110. Before `rolled`, the hours of a series are in `hour`.
 */
const SCHEMA = `
  create table series (id integer primary key, name text not null unique, rolled integer not null, tidied integer not null);
  create table sample (series integer, t integer, value real not null, primary key (series, t)) without rowid;
  create table hour (series integer, h integer, n integer not null, low real not null, high real not null, sum real not null,
    sketch blob not null, primary key (series, h)) without rowid;
  create table newest (name text primary key, t integer not null, figure text not null) without rowid;
  pragma application_id = ${APPLICATION};
  pragma user_version = ${VERSION};`;

export interface OpenFile {
  readonly db: Database.Database;
  readonly ino: number;
}

/** Undefined: nothing was ever recorded. Errors: `StateUnusable`, and SQLite's own for what is no database. */
export function openToRead(file: string): OpenFile | undefined {
  const ino = inodeOf(file);
  if (ino === undefined) return undefined;
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: TIMEOUT });
  return checked(file, db, () => {
    // Somebody is just making it.
    if (versionOf(db) === 0) {
      db.close();
      return undefined;
    }
    return { db, ino };
  });
}

/** Makes it when it is not there, for its owner only. */
export function openToWrite(file: string): OpenFile {
  mkdirSync(dirname(file), { recursive: true });
  if (inodeOf(file) === undefined) makeEmpty(file);
  const ino = inodeOf(file)!;
  const db = new Database(file, { fileMustExist: true, timeout: TIMEOUT });
  return checked(file, db, () => {
    if (versionOf(db) === 0) {
      db.pragma('journal_mode = wal');
      db.transaction(() => {
        if (versionOf(db) === 0) db.exec(SCHEMA);
      }).immediate();
    }
    // A minute that a power cut takes is one minute: the file itself stays whole.
    db.pragma('synchronous = normal');
    return { db, ino };
  });
}

/** Whether the file itself is spoilt, or somebody else's: nothing of it can be used. */
export function isDamage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof NotOurs ||
    (typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB|ERROR|MISMATCH)/.test(code))
  );
}

/** Out of the way, unless somebody else has done that meanwhile. Answers the new name. */
export function setAside(file: string, ino: number | undefined): string | undefined {
  if (ino === undefined || inodeOf(file) !== ino) return undefined;
  const aside = `${file}.damaged-${stampOf(new Date())}`;
  for (const end of ['', '-wal', '-shm'])
    if (inodeOf(`${file}${end}`) !== undefined) renameSync(`${file}${end}`, `${aside}${end}`);
  forgetOldest(file);
  return aside;
}

/** Error: `StateUnusable` for what is no file of its own: whoever can write here would have us write elsewhere. */
export function inodeOf(file: string): number | undefined {
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (facts && !facts.isFile())
    throw permanent('StateUnusable', `Cannot use "${file}": it is no file, but a link or a device`);
  return facts?.ino;
}

class NotOurs extends Error {}

function versionOf(db: Database.Database): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  const application = db.pragma('application_id', { simple: true }) as number;
  const isEmpty = () => db.prepare('select count(*) from sqlite_schema').pluck().get() === 0;
  if (version === 0 && application === 0 && isEmpty()) return 0;
  if (application !== APPLICATION) throw new NotOurs('It is a database of something else');
  return version;
}

function checked<Result>(file: string, db: Database.Database, work: () => Result): Result {
  try {
    for (const end of ['-wal', '-shm']) inodeOf(`${file}${end}`);
    const version = versionOf(db);
    if (version > VERSION)
      throw permanent(
        'StateUnusable',
        `Cannot use "${file}": a newer version of Durable Runbooks wrote it (format ${version}, this one knows ${VERSION})`,
      );
    return work();
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeEmpty(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // Another process was first.
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

function forgetOldest(file: string): void {
  const directory = dirname(file);
  const names = readdirSync(directory).filter((name) =>
    /^figures\.db\.damaged-\d{8}_\d{6}(-wal|-shm)?$/.test(name),
  );
  const stamps = [...new Set(names.map((name) => name.slice(19, 34)))].toSorted();
  const kept = stamps.slice(-KEPT);
  for (const name of names)
    if (!kept.includes(name.slice(19, 34))) rmSync(join(directory, name), { force: true });
}
