import { databaseFiles } from '../../../config/load/database-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Part } from '../page.ts';
import { demanded, together } from './demanded.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** Names for what the page is about. They are typed once. */
export function named({ database, backups }: Target): Part {
  return {
    say: 'Name what this is about, for all commands below',
    type: [
      // SQLite keeps log and journal beside the file that a link leads to.
      `db=$(readlink -f ${quoted(databaseFiles(database)[0] ?? '')})`,
      'echo "${db:?its directory is not there}"',
      `backups=${quoted(backups.directory)}`,
      'stamp=$(date -u +%Y%m%d_%H%M%S)',
    ],
  };
}

/** A statement that counts the rows of the key table, as one word of a shell. */
export function counting({ database }: Target): string {
  return quoted(`SELECT count(*) FROM "${database.keyTable.replaceAll('"', '""')}"`);
}

/** To prove a copy: an exit code says nothing, and a file of 0 bytes is "ok", too. Stops a script when it is not sound. */
export function proven(target: Target, copy: string): Part {
  return {
    say: 'Prove the copy: the answer has to be "ok", and the rows as many as you expect',
    type: [
      `check=$(test -s ${copy} && sqlite3 -readonly ${copy} 'PRAGMA integrity_check')`,
      'echo "$check"',
      demanded('test "$check" = ok', 'the copy is not sound'),
      `sqlite3 -readonly ${copy} ${counting(target)}`,
    ],
  };
}

const UNOPENED = demanded('test -z "${open-not asked}"', 'it is open, or nobody has asked');

/** Demands that nobody has the database open any more. A missing fuser is no answer. */
export function unopened(): Part {
  return {
    say: 'See that nobody has the database open any more. Who has is named: end that first, or its writes are lost',
    type: [
      'open="nobody knows"',
      'fuser -V && open=$(fuser "$db" "$db-wal" "$db-shm" "$db-journal" 2>/dev/null || true)',
      'echo "open by: ${open:-nobody}"',
      UNOPENED,
    ],
  };
}

/**
 * Puts aside all that belongs to the database: an old log beside a new file is replayed over it, and integrity_check says ok. `first`:
 * what has to be so, by `demanded`, such as that something is there to take its place.
 */
export function putAside(first: readonly string[]): Part {
  return {
    say: 'Put the current database aside, whatever its state, with its log and its journal. Never open it, and delete nothing. Go on only when it says "put aside"',
    type: together(
      [
        ...first,
        UNOPENED,
        ...moved('"$db$suffix"', '"$db.by-hand-$stamp$suffix"'),
        ...ALL.map((file) => demanded(`test ! -e ${file}`, 'some of it is still there')),
      ],
      'put aside',
    ),
  };
}

/** Moves a database with all that belongs to it, over nothing. */
export function moved(from: string, to: string): string[] {
  return [
    `for suffix in "" -wal -shm -journal; do if test -e ${from}; then mv -n ${from} ${to}; fi; done`,
  ];
}

const ALL = ['"$db"', '"$db-wal"', '"$db-shm"', '"$db-journal"'];

/** Demands that a database is there, for what is done next. */
export const THERE = demanded('test -s "$db"', 'the database is not there: never start without it');
