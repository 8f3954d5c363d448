import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';

export interface DatabaseFacts {
  /** Of the main file. */
  readonly bytes: number;
  /** In it, and of no use until it is compacted or written again. */
  readonly freeBytes: number;
  /** What Temporal has listed, and not yet forgotten. */
  readonly runs: number;
  readonly openRuns: number;
}

/** Why the file holds no runs that a server can use, as the end of a sentence. Thrown by `inspectDatabase`. */
export class Damaged extends Error {}

const MAGIC = 'SQLite format 3\0';

/**
 * Reads a whole database of an embedded server, 1.3 s for 1.15 GB, and changes nothing in it. Another process may be writing to it.
 * Error: `Damaged`.
 */
export function inspectDatabase(file: string): DatabaseFacts {
  expectHeader(file);
  return reading(file, (db) => {
    const found = db.pragma('quick_check(1)', { simple: true }) as string;
    if (found !== 'ok') throw new Damaged(`it is damaged (${found.split('\n', 1)[0]})`);
    return factsOf(db);
  });
}

/** The same without looking for damage: at once. Error: `Damaged`. */
export function measureDatabase(file: string): DatabaseFacts {
  expectHeader(file);
  return reading(file, factsOf);
}

function expectHeader(file: string): void {
  const fd = openSync(file, 'r');
  const header = Buffer.alloc(MAGIC.length);
  try {
    const read = readSync(fd, header, 0, header.length, 0);
    if (read === 0) throw new Damaged('it is empty, which no database of a server is');
  } finally {
    closeSync(fd);
  }
  if (header.toString('latin1') !== MAGIC) throw new Damaged('it is no database of SQLite');
}

function reading<Value>(file: string, read: (db: Database.Database) => Value): Value {
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    return read(db);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code?.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
      throw new Damaged(`it is damaged (${message})`, { cause: error });
    throw error;
  } finally {
    db.close();
  }
}

/** What every server makes at its first start, all of it in one go. */
const TABLES = ['namespaces', 'executions', 'history_node', 'executions_visibility'];

/** As Temporal's schema of SQLite has it: 1 is `WORKFLOW_EXECUTION_STATUS_RUNNING`, and the id is that of its own namespace everywhere. */
const RUNS = `
  select count(*) as runs, count(*) filter (where status = 1) as openRuns
  from executions_visibility where namespace_id <> '32049b68-7872-4094-8e63-d0dd59896a83'`;

function factsOf(db: Database.Database): DatabaseFacts {
  const tables = db
    .prepare<[], string>(`select name from sqlite_schema where type = 'table'`)
    .pluck()
    .all();
  if (!TABLES.every((table) => tables.includes(table)))
    throw new Damaged('it holds no runs of Temporal');
  const page = db.pragma('page_size', { simple: true }) as number;
  const pages = db.pragma('page_count', { simple: true }) as number;
  const free = db.pragma('freelist_count', { simple: true }) as number;
  const runs = db.prepare<[], Pick<DatabaseFacts, 'runs' | 'openRuns'>>(RUNS).get()!;
  return { bytes: page * pages, freeBytes: page * free, ...runs };
}
