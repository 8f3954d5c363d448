import Database from 'better-sqlite3';
import { flattened } from './sql-tokens.ts';

interface Entry {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** What the sqlite3 program must be told before it loads a dump of this database, from 3.41 on. */
export function loadingCommandsFor(file: string): string[] {
  const entries = schemaOf(file);
  return [
    ...(entries.some(isVirtual) ? ['.dbconfig defensive off'] : []),
    ...(hasTextInDoubleQuotes(entries) ? ['.dbconfig dqs_ddl on', '.dbconfig dqs_dml on'] : []),
  ];
}

/** Each part of the schema by its type and name: its text, and what it means without comments and line ends. Not its statistics. */
export function schemaParts(file: string): ReadonlyMap<string, { text: string; meaning: string }> {
  return new Map(
    schemaOf(file)
      // Not every build of SQLite has the finer ones.
      .filter(({ name }) => !name.startsWith('sqlite_stat'))
      .map(({ type, name, sql }) => [
        `${type} "${name}"`,
        { text: sql ?? '', meaning: flattened(sql ?? '') },
      ]),
  );
}

export function isVirtual({ sql }: Pick<Entry, 'sql'>): boolean {
  return /^create\s+virtual\s+table/i.test(sql ?? '');
}

/** A build of SQLite that takes them for names only refuses such a statement, and says why. */
function hasTextInDoubleQuotes(entries: readonly Entry[]): boolean {
  const db = new Database(':memory:');
  try {
    return entries.some(({ sql }) => {
      try {
        if (sql !== null) db.exec(sql);
        return false;
      } catch (error) {
        return isAboutDoubleQuotes(error);
      }
    });
  } finally {
    db.close();
  }
}

/** `no such column: "open" - should this be a string literal in single-quotes?` */
export function isAboutDoubleQuotes(error: unknown): boolean {
  return /should this be a string literal in single-quotes/.test((error as Error).message);
}

function schemaOf(file: string): Entry[] {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return db.prepare('select type, name, sql from sqlite_schema order by rowid').all() as Entry[];
  } finally {
    db.close();
  }
}
