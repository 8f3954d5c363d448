/** Text of SQLite that is no UTF-8: as a string it would be another one, and nobody would see it. */
interface BrokenText {
  readonly broken: Buffer;
}

/** A value as SQLite holds it: an INTEGER is a bigint, a REAL a number. */
export type SqliteValue = null | bigint | number | string | Buffer | BrokenText;

/** What a value is, as far as it matters to a column of PostgreSQL. */
const KINDS = [
  'null',
  'integer',
  'real',
  'text',
  'empty text',
  'text with NUL',
  'text that is no UTF-8',
  'blob',
] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf(value: SqliteValue): Kind {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return 'real';
  if (typeof value === 'string') {
    if (value === '') return 'empty text';
    return value.includes('\0') ? 'text with NUL' : 'text';
  }
  return isBroken(value) ? 'text that is no UTF-8' : 'blob';
}

export function isBroken(value: SqliteValue): value is BrokenText {
  return typeof value === 'object' && value !== null && 'broken' in value;
}

const MAX_SHOWN = 40;

/** For people, on one line. */
export function shownValue(value: SqliteValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'bigint') return String(value);
  // 3.0 is no integer.
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  }
  const hex = (isBroken(value) ? value.broken : value).toString('hex');
  return `x'${hex.length > MAX_SHOWN ? `${hex.slice(0, MAX_SHOWN)}...` : hex}'`;
}
