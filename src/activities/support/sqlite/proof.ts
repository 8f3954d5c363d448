import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { permanent } from '../failure.ts';
import type { Check, DatabaseFacts } from '../backups/manifest.ts';
import { sha256Of } from '../files/sha256.ts';
import {
  type Content,
  countOf,
  integrityCheck,
  quickCheck,
  schemaHashOf,
  shapeOf,
  tablesOf,
} from './file/content.ts';
import { isDamage } from './file/errors.ts';

/** What was seen of one copy, from the copy itself. */
export interface Proof extends Content {
  /** Of the key table. */
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  readonly timings: readonly Check[];
  /** When integrity_check last ran in full. */
  readonly fullCheckAt?: string;
}

export interface ProofOptions {
  /** How people call the copy. */
  readonly name: string;
  /** The table that the application needs. */
  readonly keyTable: string;
  /** What the copy must be equal to. */
  readonly expected?: DatabaseFacts;
  /** How its sha256 is found, when it is to be that of a stored copy. */
  readonly sha256?: () => Promise<string>;
  /** Compares every index with its table, too: integrity_check in the place of quick_check. */
  readonly full?: boolean | undefined;
  /** What to say when SQLite finds damage in the copy. Without it, the copy is to blame. */
  readonly blame?: ((check: string, finding: string) => Error) | undefined;
}

/** Proves a single file that nobody has open, in mode `delete`. */
export async function proveCopy(
  file: string,
  { name, keyTable, expected, full = false, blame, ...how }: ProofOptions,
): Promise<Proof> {
  const timings: Check[] = [];
  const bytes = statSync(file).size;

  const begun = performance.now();
  const hash = await (how.sha256?.() ?? sha256Of(file));
  const sha256 = check('sha256', () => hash, expected?.sha256, begun);
  const db = attempt('open', () => new Database(file, { readonly: true, fileMustExist: true }));
  try {
    // Nobody else has the file: it cannot shrink under us. Halves the time of integrity_check.
    attempt('open', () => db.pragma(`mmap_size = ${bytes}`));
    if (full) check('integrity_check', () => integrityCheck(db), 'ok');
    else check('quick_check', () => quickCheck(db), 'ok');
    const { rows, tables } = check('row counts', () => {
      const counted = tablesOf(db, expected?.keyTable ?? keyTable);
      expectCounts(counted, expected?.tables);
      return { tables: counted, rows: countOf(db, keyTable) };
    });
    const schemaHash = check('schema', () => schemaHashOf(db), expected?.schemaHash);
    const shape = attempt('schema', () => shapeOf(db));
    const checks = timings.map((timing) => timing.name);
    const { at } = timings[1]!;
    const facts = { rows, bytes, sha256, ...shape, schemaHash, tables, checks, timings };
    return full ? { ...facts, fullCheckAt: at } : facts;
  } finally {
    db.close();
  }

  function check<Result>(
    title: string,
    look: () => Result,
    wanted?: Result,
    begun = performance.now(),
  ): Result {
    const result = attempt(title, look);
    if (wanted !== undefined && result !== wanted) {
      if (title.endsWith('_check') && blame) throw blame(title, `"${String(result)}"`);
      throw damaged(title, `got "${String(result)}", expected "${String(wanted)}"`);
    }
    const milliseconds = Math.round(performance.now() - begun);
    timings.push({ name: title, milliseconds, at: new Date().toISOString() });
    return result;
  }

  function attempt<Result>(title: string, look: () => Result): Result {
    try {
      return look();
    } catch (error) {
      const { message } = error as Error;
      if (isDamage(error) && blame) throw blame(title, `"${message}"`);
      if (isDamage(error) || isMissing(error)) throw damaged(title, message);
      throw error;
    }
  }

  function expectCounts(
    counted: Content['tables'],
    wanted: Content['tables'] | undefined = counted,
  ): void {
    for (const table of new Set([...Object.keys(wanted), ...Object.keys(counted)])) {
      if (counted[table] !== wanted[table])
        throw damaged(
          'row counts',
          `"${table}" has ${counted[table] ?? 'no'} rows, expected ${wanted[table] ?? 'no such table'}`,
        );
    }
  }

  function damaged(title: string, finding: string): Error {
    return permanent('BackupDamaged', `Backup "${name}" does not pass ${title}: ${finding}`);
  }
}

/** A table that is not there, or a schema that cannot be read. */
function isMissing(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR';
}
