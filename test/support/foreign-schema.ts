import Database from 'better-sqlite3';
import { LOCK_TIMEOUT } from './timeouts.ts';

/** Adds a table whose index has a collation of its application, as a program with that collation would have done. */
export function addForeignIndex(file: string): void {
  const db = new Database(file, { timeout: LOCK_TIMEOUT });
  try {
    db.unsafeMode(true);
    db.exec(`begin immediate;
      create table named (name text collate nocase);
      create index by_name on named (name);
      insert into named values ('Ähre'), ('Zoll');
      pragma writable_schema = on;
      update sqlite_schema set sql = replace(sql, 'nocase', 'de_phone') where name = 'named';
      commit;`);
  } finally {
    db.close();
  }
}
