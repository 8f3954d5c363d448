import { permanent } from '../../../os/failure.ts';
import type { ResolvedColumn } from '../plan/resolve.ts';
import { momentText } from '../values/moment.ts';
import type { SqliteValue } from '../values/sqlite-value.ts';

/** The value that SQLite gets for the canonical text of one of PostgreSQL: written as the column's values are. */
export function sqliteValue(
  { type, written, name }: ResolvedColumn,
  canonical: string | null,
): Exclude<SqliteValue, { broken: Buffer }> {
  if (canonical === null) return null;
  switch (type) {
    case 'bigint':
      return BigInt(canonical);
    case 'double precision':
      return doubleOf(name, canonical);
    case 'numeric':
      return numberOf(canonical);
    case 'bytea':
      return Buffer.from(canonical, 'hex');
    case 'boolean':
      return truthOf(canonical === '1', written);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return momentText(
        BigInt(canonical),
        written ?? (type === 'date' ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH:MM:SS'),
      );
    case 'json':
    case 'text':
      return canonical;
  }
}

/** SQLite makes NULL of what is no number, and PostgreSQL does not. */
function doubleOf(name: string, bits: string): number {
  const number = Buffer.from(bits, 'hex').readDoubleBE(0);
  if (Number.isNaN(number))
    throw permanent(
      'ValueRefused',
      `"${name}" has NaN in PostgreSQL, and SQLite has no such value: set it to NULL`,
    );
  return number;
}

/** What neither an INTEGER nor a REAL of SQLite holds stays text. */
function numberOf(text: string): bigint | number | string {
  if (/^-?\d+$/.test(text)) {
    const integer = BigInt(text);
    if (BigInt.asIntN(64, integer) === integer) return integer;
  }
  return text.includes('.') && String(Number(text)) === text ? Number(text) : text;
}

function truthOf(is: boolean, written: string | undefined): bigint | string {
  if (written === 'letter') return is ? 't' : 'f';
  if (written === 'word') return is ? 'true' : 'false';
  return is ? 1n : 0n;
}
