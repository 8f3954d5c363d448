import { bytesOf, fits, type TypeName } from './column-type.ts';
import { decimalOf, decimalOfText } from './decimal.ts';
import type { SqliteValue } from './sqlite-value.ts';

const YES = new Set(['yes', 'y', 'on']);
const NO = new Set(['no', 'n', 'off']);

/**
 * The value that takes the place of one that does not fit, where that says the same in another type. Undefined: there is none, and a
 * cast would invent something, as SQLite's own does that makes 0 of `abc`.
 */
export function castTo(type: TypeName, value: SqliteValue): SqliteValue | undefined {
  const made = otherwise(type, value);
  return made !== undefined && fits(type, made) ? made : undefined;
}

function otherwise(type: TypeName, value: SqliteValue): SqliteValue | undefined {
  if (fits(type, value)) return value;
  switch (type) {
    case 'bigint':
      return integerOf(value);
    case 'double precision':
      return typeof value === 'string' && decimalOfText(value) !== undefined
        ? Number(value)
        : undefined;
    case 'text':
      return textOf(value);
    case 'bytea':
      return bytesOf(value) ?? (value === null ? null : Buffer.from(textOf(value) ?? ''));
    case 'boolean':
      return truthOf(value);
    case 'numeric':
    case 'json':
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return undefined;
  }
}

function integerOf(value: SqliteValue): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  const text = typeof value === 'string' ? decimalOfText(value) : undefined;
  if (text === undefined || text.includes('.')) return undefined;
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** As SQLite writes an integer. Of a REAL the shortest that reads back as the same. */
function textOf(value: SqliteValue): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  const text = decimalOf(value)!;
  return text.includes('.') ? text : `${text}.0`;
}

function truthOf(value: SqliteValue): bigint | undefined {
  if (typeof value === 'bigint') return value === 0n ? 0n : 1n;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  if (YES.has(word) || word === 'true' || word === 't') return 1n;
  return NO.has(word) || word === 'false' || word === 'f' ? 0n : undefined;
}
