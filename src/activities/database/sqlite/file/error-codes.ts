/**
 * What it means here that SQLite refused something.
 *
 * - `none`: nothing was refused.
 * - `locked`: somebody else holds a lock. Waiting may help.
 * - `damaged`: what lies in the file is not what SQLite wrote, or a page of it cannot be read. Waiting never helps.
 * - `rollback`: a reader cannot open it as it lies there; a journal or log must be worked off first.
 * - `full`: no space is left.
 * - `io`: the disk or the file system failed at something other than reading a page.
 * - `permission`: we may not.
 * - `rules`: a row breaks the rules of its schema. No page does.
 * - `unable`: SQLite cannot do it here: a function, a collation, a module or a table is not known, memory is short, a value too large.
 * - `ours`: we called it wrongly, or ended it.
 */
export type Meaning =
  | 'none'
  | 'locked'
  | 'damaged'
  | 'rollback'
  | 'full'
  | 'io'
  | 'permission'
  | 'rules'
  | 'unable'
  | 'ours';

/** Every primary result code: https://sqlite.org/rescode.html#primary_result_code_list */
const PRIMARY = {
  SQLITE_OK: 'none',
  SQLITE_ERROR: 'unable',
  SQLITE_INTERNAL: 'unable',
  SQLITE_PERM: 'permission',
  SQLITE_ABORT: 'ours',
  SQLITE_BUSY: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_NOMEM: 'unable',
  SQLITE_READONLY: 'rollback',
  SQLITE_INTERRUPT: 'ours',
  SQLITE_IOERR: 'io',
  SQLITE_CORRUPT: 'damaged',
  SQLITE_NOTFOUND: 'ours',
  SQLITE_FULL: 'full',
  SQLITE_CANTOPEN: 'rollback',
  // Readers and writers kept each other from the log's index: SQLite gave up waiting.
  SQLITE_PROTOCOL: 'locked',
  SQLITE_EMPTY: 'unable',
  SQLITE_SCHEMA: 'locked',
  SQLITE_TOOBIG: 'unable',
  SQLITE_CONSTRAINT: 'rules',
  SQLITE_MISMATCH: 'rules',
  SQLITE_MISUSE: 'ours',
  SQLITE_NOLFS: 'unable',
  SQLITE_AUTH: 'permission',
  SQLITE_FORMAT: 'damaged',
  SQLITE_RANGE: 'ours',
  SQLITE_NOTADB: 'damaged',
  SQLITE_NOTICE: 'none',
  SQLITE_WARNING: 'none',
  SQLITE_ROW: 'none',
  SQLITE_DONE: 'none',
} as const satisfies Record<string, Meaning>;

/** The extended ones that mean something else than their primary code. */
const EXTENDED = {
  // A page that cannot be read, whatever the reason, is lost to the application as well.
  SQLITE_IOERR_READ: 'damaged',
  SQLITE_IOERR_SHORT_READ: 'damaged',
  SQLITE_IOERR_DATA: 'damaged',
  SQLITE_IOERR_CORRUPTFS: 'damaged',
  SQLITE_IOERR_IN_PAGE: 'damaged',
  SQLITE_IOERR_NOMEM: 'unable',
  SQLITE_IOERR_BLOCKED: 'locked',
  SQLITE_IOERR_LOCK: 'locked',
  SQLITE_IOERR_RDLOCK: 'locked',
  SQLITE_IOERR_CHECKRESERVEDLOCK: 'locked',
  SQLITE_IOERR_SHMLOCK: 'locked',
  SQLITE_IOERR_AUTH: 'permission',
  SQLITE_IOERR_BADKEY: 'unable',
  SQLITE_IOERR_CODEC: 'unable',
  SQLITE_CANTOPEN_NOTEMPDIR: 'io',
  SQLITE_READONLY_DBMOVED: 'io',
} as const satisfies Record<string, Meaning>;

export type PrimaryCode = keyof typeof PRIMARY;

export const PRIMARY_CODES = Object.keys(PRIMARY) as readonly PrimaryCode[];
export const EXTENDED_CODES = Object.keys(EXTENDED);

/** By SQLite's own name of a result code. Of an extended one that is not in the table, what its primary code means. */
export function meaningOf(code: string): Meaning {
  if (isIn(EXTENDED, code)) return EXTENDED[code];
  const primary = code.split('_').slice(0, 2).join('_');
  return isIn(PRIMARY, primary) ? PRIMARY[primary] : 'unable';
}

function isIn<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}
