import type { Target } from '../../../config/schema/target.ts';
import type { Part } from '../page.ts';
import { quoted } from './quoted.ts';

/** Names for what the page is about. They are typed once. */
export function named({ database, backups }: Target): Part {
  return {
    say: 'Name what this is about, for all commands below',
    type: [
      // SQLite keeps log and journal beside the file that a link leads to.
      `db=$(readlink -f ${quoted(database.file)})`,
      'echo "${db:?its directory is not there}"',
      `backups=${quoted(backups.directory)}`,
      'stamp=$(date -u +%Y%m%d_%H%M%S)',
      'umask 077',
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
      `test -s ${copy}`,
      `check=$(sqlite3 -readonly ${copy} 'PRAGMA integrity_check')`,
      'echo "$check"',
      'test "$check" = ok',
      `sqlite3 -readonly ${copy} ${counting(target)}`,
    ],
  };
}

/** Demands that nobody has the database open any more. A missing fuser is no answer. */
export function unopened(): Part {
  return {
    say: 'See that nobody has the database open any more. Who has is named: end that first, or its writes are lost',
    type: [
      'fuser -V',
      'open=$(fuser "$db" "$db-wal" "$db-shm" "$db-journal" 2>/dev/null || true)',
      'echo "open by: ${open:-nobody}"',
      'test -z "$open"',
    ],
  };
}

/** Puts aside all that belongs to the database: an old log beside a new file is replayed over it, and integrity_check says ok. */
export function putAside(): Part {
  return {
    say: 'Put the current database aside, whatever its state, with its log and its journal. Never open it, and delete nothing',
    type: [
      'for suffix in "" -wal -shm -journal; do if test -e "$db$suffix"; then mv "$db$suffix" "$db.by-hand-$stamp$suffix"; fi; done',
    ],
  };
}
