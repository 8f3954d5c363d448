import { isUtf8 } from 'node:buffer';
import Database from 'better-sqlite3';
import type { SqliteValue } from '../values/sqlite-value.ts';
import { quoted } from './quoted.ts';
import { schemaOf, type SqliteSchema, type SqliteTable } from './schema-of.ts';

/** A row: what finds it again, then its columns in their order. */
export type SourceRow = readonly SqliteValue[];

/** A copy of a SQLite database that nobody writes to. */
export interface Source {
  readonly db: Database.Database;
  readonly schema: SqliteSchema;
  /** All rows of a table. Its first `table.found.length` values find the row again. */
  rows(table: SqliteTable, columns: readonly string[]): Generator<SourceRow>;
  close(): void;
}

/** What SQLite text decodes to where it is no UTF-8. A sound text may have it, too. */
const REPLACEMENT = '\uFFFD';

/**
 * Opens a copy to read it exactly: integers as bigint, and text that is no UTF-8 as its bytes. Its decoded text would be equal on both
 * sides of a comparison, and no longer what it was.
 */
export function openSource(file: string): Source {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  // A second look at a row while another statement goes through the table.
  const beside = new Database(file, { readonly: true, fileMustExist: true });
  return {
    db,
    schema: schemaOf(db),
    *rows(table, columns) {
      const { found, name } = table;
      const names = columns.map(quoted);
      const statement = db.prepare(
        `select ${[...found, ...names].join(', ')} from ${quoted(name)}`,
      );
      const again = beside
        .prepare(
          `select ${names.map((one) => `cast(${one} as blob)`).join(', ') || '1'} from ${quoted(name)} where ${found
            .map((one) => `${one} is ?`)
            .join(' and ')}`,
        )
        .raw();
      for (const row of statement.raw().safeIntegers().iterate() as Iterable<SqliteValue[]>) {
        for (let at = found.length; at < row.length; at += 1) {
          const value = row[at];
          if (typeof value !== 'string' || !value.includes(REPLACEMENT)) continue;
          const bytes = (again.get(...row.slice(0, found.length)) as Buffer[])[at - found.length]!;
          if (!isUtf8(bytes)) row[at] = { broken: Buffer.from(bytes) };
        }
        yield row;
      }
    },
    close() {
      beside.close();
      db.close();
    },
  };
}
