import type { Target } from '../../../../config/schema/target.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { readLive } from '../file/read-live.ts';

/** All names of the schema, in small letters: a double-quoted word of a statement is a name when it is one of them. */
export function knownNames({ database }: Pick<Target, 'database'>): ReadonlySet<string> {
  // Of a server's, a quoted word is always a name.
  if (database.kind !== 'sqlite') return new Set();
  try {
    return readLive(liveFile(database.file), (db) => {
      const tables = db.prepare('select name from sqlite_schema').pluck().all() as string[];
      const columns = db.prepare('select name from pragma_table_xinfo(?)').pluck();
      const names = [...tables];
      for (const table of tables)
        try {
          names.push(...(columns.all(table) as string[]));
        } catch {
          // A view, or a virtual table, that needs something of its application.
        }
      return new Set(names.map((name) => name.toLowerCase()));
    });
  } catch {
    // Then a quoted word is a value, unless its place tells.
    return new Set();
  }
}
