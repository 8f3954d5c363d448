import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { withDatabase } from '../support/live-database.ts';
import { addMark } from '../support/marks.ts';
import { takeBackup } from '../support/take-backup.ts';
import { keptNames, leftovers } from './leftovers.ts';

/** The live database as of one moment. */
export interface Seen {
  readonly rows: number;
  /** Rows of which it is known that they were there. */
  readonly missing: number;
  /** Those that bear a mark, in their order, as `mark, mark`. */
  readonly marks: string;
  /** `ok`, or what is wrong. */
  readonly integrity: unknown;
}

/** What a play asks of the database of its world, whichever engine serves it. */
export interface PlayedDatabase {
  /** Adds a row that tells what came before it from what came after. */
  mark(text: string): Promise<void>;
  /** Takes a verified backup, and answers its id. */
  backUp(): Promise<string>;
  inspect(): Promise<Seen>;
  /** Whatever no ended run may leave. */
  leftovers(): Promise<readonly string[]>;
  /** What a recovery puts aside: gone from there once it has been put back. */
  kept(): Promise<readonly string[]>;
}

export function onSqlite(world: SqliteTarget): PlayedDatabase {
  return {
    mark: async (text) => addMark(world, text),
    backUp: () => takeBackup(world),
    inspect: async () => inspect(world),
    leftovers: async () => leftovers(world),
    kept: async () => keptNames(world),
  };
}

export function inspect(target: SqliteTarget): Seen {
  return withDatabase(target, (db) => {
    const seen = db
      .prepare(
        `select count(*) as rows, coalesce(max(id), 0) - count(*) as missing,
           group_concat(case region when 'mark' then note end, ', ') as marks from ${SAMPLE_TABLE}`,
      )
      .get() as Omit<Seen, 'integrity'>;
    return { ...seen, integrity: db.pragma('integrity_check', { simple: true }) };
  });
}
