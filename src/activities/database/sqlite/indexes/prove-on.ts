import Database from 'better-sqlite3';
import type { IndexAdvice, IndexProof, TimedStatement } from '../../index-results.ts';
import { bestOf, proofText } from '../../proof-text.ts';
import { expectReadable } from '../file/known-schema.ts';
import { type Candidate, candidatesFor } from './candidates.ts';
import { columnsOf, createText } from './columns.ts';
import { expectRunnable, type Runnable, timed } from './time-statements.ts';
import { identifier } from '../file/identifier.ts';

export interface Proving {
  /** A copy that nobody else has: it is written to. */
  readonly file: string;
  readonly statements: readonly string[];
  readonly named: readonly Candidate[];
}

/** A statement has met the limit of the process. */
export class Exhausted extends Error {}

export type Proven = Omit<IndexAdvice, 'note'>;

const MAX_INSERTS = 10_000;

/** Times the statements without, and then with each index by itself. `running` is told which statement runs, or that none does, so that one that hangs is known. */
export function proveOn(
  { file, statements, named }: Proving,
  running: (sql?: string) => void,
): Proven {
  const db = new Database(file, { fileMustExist: true });
  let reader: Database.Database | undefined;
  try {
    // The copy is nobody's: it may be lost.
    db.pragma('synchronous = off');
    db.pragma('journal_mode = memory');
    expectReadable(db);
    reader = readerOf(file);
    const { before, runnable } = firstTimes(reader, statements, running);
    const { candidates, notes } = candidatesFor(
      db,
      runnable.map(({ statement }) => statement),
      named,
    );
    const proofs: IndexProof[] = [];
    const unmade: string[] = [];
    for (const one of candidates) {
      const found = prove({ db, reader }, one, runnable, before, running);
      if (typeof found === 'string') unmade.push(found);
      else proofs.push(found);
    }
    const best = bestOf(proofs);
    return {
      statements: before,
      ...(best && { best: withInserts(db, best) }),
      notes: [...notes, ...unmade, ...proofs.filter((one) => one !== best).map(proofText)],
    };
  } finally {
    reader?.close();
    db.close();
  }
}

/**
 * Only statements of a log run on it. What they sort or group stays in memory, where the limit of the process is theirs: in files it would fill
 * the disk of /var/tmp. An index is made on the other connection, because its rows may be more than that.
 */
function readerOf(file: string): Database.Database {
  const reader = new Database(file, { readonly: true, fileMustExist: true });
  reader.pragma('temp_store = memory');
  expectReadable(reader);
  return reader;
}

function firstTimes(
  db: Database.Database,
  statements: readonly string[],
  running: (sql?: string) => void,
) {
  const runnable: Runnable[] = [];
  const before = statements.map((sql): TimedStatement => {
    const one = expectRunnable(db, sql);
    if ('refused' in one) return { sql, refused: one.refused };
    running(sql);
    try {
      const found = timed(db, one);
      runnable.push(one);
      running();
      return found;
    } catch (error) {
      const code = (error as { code?: string }).code ?? (error as Error).name;
      if (code === 'SQLITE_NOMEM') throw new Exhausted();
      // What SQLite says may name the values that it ran with.
      return { sql, refused: `SQLite ends it with ${code}` };
    }
  });
  return { before, runnable };
}

/** Or why the index cannot be made. */
function prove(
  { db, reader }: { readonly db: Database.Database; readonly reader: Database.Database },
  { index, from }: Candidate,
  runnable: readonly Runnable[],
  before: readonly TimedStatement[],
  running: (sql?: string) => void,
): IndexProof | string {
  const begun = performance.now();
  try {
    db.exec(createText(index));
  } catch (error) {
    // Such as a collation that only its application has.
    return `Cannot make index "${index.name}": ${(error as Error).message}`;
  }
  const createMilliseconds = performance.now() - begun;
  try {
    const bytes = db
      .prepare('select coalesce(sum(pgsize), 0) from dbstat where name = ?')
      .pluck()
      .get(index.name) as number;
    const pairs = runnable.map((one) => {
      running(one.text);
      const now = timed(reader, one);
      running();
      return { old: before.find(({ sql }) => sql === one.text), now };
    });
    const uses = pairs.filter(({ now }) => mentions(now.plan, index.name));
    const sum = (times: (number | undefined)[]) =>
      times.reduce<number>((all, time) => all + (time ?? 0), 0);
    return {
      index,
      from,
      used: uses.length,
      before: sum(uses.map(({ old }) => old?.milliseconds)),
      after: sum(uses.map(({ now }) => now.milliseconds)),
      bytes,
      createMilliseconds,
    };
  } finally {
    db.exec(`drop index ${identifier(index.name)}`);
  }
}

/** `USING INDEX name (`, and `USING COVERING INDEX name`. */
function mentions(plan: string | undefined, name: string): boolean {
  return plan?.includes(`INDEX ${name}`) ?? false;
}

function withInserts(db: Database.Database, best: IndexProof): IndexProof {
  const without = insertTime(db, best.index.table);
  db.exec(createText(best.index));
  const withIt = insertTime(db, best.index.table);
  if (!without || !withIt) return best;
  const { rows, milliseconds: before } = without;
  return { ...best, inserts: { rows, before, after: withIt.milliseconds } };
}

/** Of rows that are there, once more. Undefined: one of its rules lets no row in twice. */
function insertTime(db: Database.Database, table: string) {
  const columns = insertable(db, table).map(identifier).join(', ');
  const name = identifier(table);
  db.exec('begin');
  try {
    const begun = performance.now();
    const { changes: rows } = db
      .prepare(
        `insert into ${name} (${columns}) select ${columns} from ${name} limit ${MAX_INSERTS}`,
      )
      .run();
    return { rows, milliseconds: performance.now() - begun };
  } catch {
    return undefined;
  } finally {
    if (db.inTransaction) db.exec('rollback');
  }
}

/** Without the key that SQLite gives by itself. */
function insertable(db: Database.Database, table: string): string[] {
  const key = db
    .prepare(
      `select name from pragma_table_info(?) where pk = 1 and type = 'INTEGER' collate nocase
       and (select count(*) from pragma_table_info(?) where pk > 0) = 1`,
    )
    .pluck()
    .get(table, table) as string | undefined;
  return columnsOf(db, table).filter((column) => column !== key);
}
