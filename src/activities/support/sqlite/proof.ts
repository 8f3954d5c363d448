import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { permanent } from '../failure.ts';
import type { Check, DatabaseFacts } from '../backups/manifest.ts';
import { sha256Of } from '../files/sha256.ts';
import {
  type Content,
  countOf,
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
}

export interface ProofOptions {
  /** How people call the copy. */
  readonly name: string;
  /** The table that the application needs. */
  readonly keyTable: string;
  /** What the copy must be equal to. */
  readonly expected?: DatabaseFacts;
}

/** Proves a single file that nobody has open, in mode `delete`. */
export function proveCopy(file: string, { name, keyTable, expected }: ProofOptions): Proof {
  const timings: Check[] = [];
  const bytes = statSync(file).size;

  const sha256 = check('sha256', () => sha256Of(file), expected?.sha256);
  const db = attempt('open', () => new Database(file, { readonly: true, fileMustExist: true }));
  try {
    check('quick_check', () => quickCheck(db), 'ok');
    const { rows, tables } = check('row counts', () => {
      const counted = tablesOf(db, expected?.keyTable ?? keyTable);
      expectCounts(counted, expected?.tables);
      return { tables: counted, rows: countOf(db, keyTable) };
    });
    const schemaHash = check('schema', () => schemaHashOf(db), expected?.schemaHash);
    const shape = attempt('schema', () => shapeOf(db));
    const checks = timings.map((timing) => timing.name);
    return { rows, bytes, sha256, ...shape, schemaHash, tables, checks, timings };
  } finally {
    db.close();
  }

  function check<Result>(title: string, look: () => Result, wanted?: Result): Result {
    const begun = performance.now();
    const result = attempt(title, look);
    if (wanted !== undefined && result !== wanted)
      throw damaged(title, `got "${String(result)}", expected "${String(wanted)}"`);
    const milliseconds = Math.round(performance.now() - begun);
    timings.push({ name: title, milliseconds, at: new Date().toISOString() });
    return result;
  }

  function attempt<Result>(title: string, look: () => Result): Result {
    try {
      return look();
    } catch (error) {
      if (isDamage(error) || isMissing(error)) throw damaged(title, (error as Error).message);
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
