import Database from 'better-sqlite3';
import type { IndexAdvice, IndexProof, TimedStatement } from '../../index-results.ts';
import { expectReadable } from '../file/known-schema.ts';
import { type Candidate, candidatesFor } from './candidates.ts';
import { columnsOf, createText, indexText } from './columns.ts';
import { expectRunnable, type Runnable, timed } from './time-statements.ts';
import { identifier } from '../file/identifier.ts';

export interface Proving {
  /** A copy that nobody else has: it is written to. */
  readonly file: string;
  readonly statements: readonly string[];
  readonly named: readonly Candidate[];
}

export type Proven = Omit<IndexAdvice, 'note'>;

/** What statements may take of memory: those of a log are anybody's. 512 MiB, of which SQLite takes 16 for pages. */
const MAX_MEMORY = 512 * 2 ** 20;
/** Half the time is an index's worth; less is noise, or not worth its inserts. */
const WORTH = 0.5;
const MAX_INSERTS = 10_000;

/** Times the statements without, and then with each index by itself. `running` is told which statement runs, or that none does, so that one that hangs is known. */
export function proveOn(
  { file, statements, named }: Proving,
  running: (sql?: string) => void,
): Proven {
  const db = new Database(file, { fileMustExist: true });
  try {
    db.pragma(`hard_heap_limit = ${MAX_MEMORY}`);
    // The copy is nobody's: it may be lost.
    db.pragma('synchronous = off');
    db.pragma('journal_mode = memory');
    expectReadable(db);
    const { before, runnable } = firstTimes(db, statements, running);
    const { candidates, notes } = candidatesFor(
      db,
      runnable.map(({ statement }) => statement),
      named,
    );
    const proofs = candidates.map((one) => prove(db, one, runnable, before, running));
    const [best] = proofs
      .filter(({ used, before: long, after }) => used > 0 && after <= long * WORTH)
      .toSorted((one, other) => other.before - other.after - (one.before - one.after));
    return {
      statements: before,
      ...(best && { best: withInserts(db, best) }),
      notes: [...notes, ...proofs.filter((one) => one !== best).map(proofText)],
    };
  } finally {
    db.close();
  }
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
      return { sql, refused: (error as Error).message };
    }
  });
  return { before, runnable };
}

function prove(
  db: Database.Database,
  { index, from }: Candidate,
  runnable: readonly Runnable[],
  before: readonly TimedStatement[],
  running: (sql?: string) => void,
): IndexProof {
  const begun = performance.now();
  db.exec(createText(index));
  const createMilliseconds = performance.now() - begun;
  try {
    const bytes = db
      .prepare('select coalesce(sum(pgsize), 0) from dbstat where name = ?')
      .pluck()
      .get(index.name) as number;
    const pairs = runnable.map((one) => {
      running(one.text);
      const now = timed(db, one);
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

/** Of an index that was tried, and is not the one. */
function proofText({ index, used, before, after }: IndexProof): string {
  const what = `Index ${indexText(index)}`;
  return used === 0
    ? `${what} would not be used`
    : `${what} was tried: ${inTime(before)} before, ${inTime(after)} with it`;
}

export function inTime(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : Math.round(milliseconds)} ms`;
}
