import { decimalOf } from './decimal.ts';
import { momentOf, type Moment } from './moment.ts';
import { isBroken, type SqliteValue } from './sqlite-value.ts';

/** What a column of PostgreSQL may be. INTEGER is always `bigint`, REAL always `double precision`: nothing narrower loses nothing. */
export const TYPES = [
  'bigint',
  'double precision',
  'numeric',
  'text',
  'bytea',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
  'json',
] as const;
export type TypeName = (typeof TYPES)[number];

interface ColumnType {
  /** The value as COPY takes it, before its escapes. Undefined: it is none of this type. */
  readonly copy: (value: SqliteValue) => string | undefined;
  /** The one text that stands for the value on both sides, exact to the last bit. Undefined: as `copy`. */
  readonly canonical: (value: SqliteValue) => string | undefined;
  /** The same by PostgreSQL, of an expression. */
  readonly canonicalSql: (expression: string) => string;
}

const eight = Buffer.alloc(8);

/** Big endian, as IEEE 754 has it. -0, 5e-324 and infinity keep themselves. */
function bitsOf(value: number): string {
  eight.writeDoubleBE(value);
  return eight.toString('hex');
}

function integerText(value: SqliteValue): string | undefined {
  return typeof value === 'bigint' ? String(value) : undefined;
}

function plainText(value: SqliteValue): string | undefined {
  return typeof value === 'string' && !value.includes('\0') ? value : undefined;
}

function numberOf(value: SqliteValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') return undefined;
  const near = Number(value);
  return BigInt(near) === value ? near : undefined;
}

function doubleText(value: SqliteValue): string | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  return Object.is(number, -0) ? '-0' : String(number);
}

function numericText(value: SqliteValue): string | undefined {
  return typeof value === 'bigint' || typeof value === 'number' ? decimalOf(value) : undefined;
}

const TRUTHS: ReadonlyMap<unknown, '1' | '0'> = new Map<unknown, '1' | '0'>([
  [1n, '1'],
  [0n, '0'],
  ['t', '1'],
  ['f', '0'],
  ['true', '1'],
  ['false', '0'],
]);

function truthOf(value: SqliteValue): '1' | '0' | undefined {
  return TRUTHS.get(value);
}

function jsonText(value: SqliteValue): string | undefined {
  const text = plainText(value);
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

function moment(fits: (moment: Moment) => boolean): Pick<ColumnType, 'copy' | 'canonical'> {
  const found = (value: SqliteValue) => {
    const it = typeof value === 'string' ? momentOf(value) : undefined;
    return it && fits(it) ? it : undefined;
  };
  return {
    copy: (value) => (found(value) ? (value as string) : undefined),
    canonical: (value) => {
      const it = found(value);
      return it && String(it.microseconds);
    },
  };
}

const epochSql = (expression: string) =>
  `(extract(epoch from ${expression})*1000000)::bigint::text`;
const same = (expression: string) => expression;

export const columnTypes: Readonly<Record<TypeName, ColumnType>> = {
  bigint: { copy: integerText, canonical: integerText, canonicalSql: (it) => `${it}::text` },
  'double precision': {
    copy: doubleText,
    canonical(value) {
      const number = numberOf(value);
      return number === undefined ? undefined : bitsOf(number);
    },
    canonicalSql: (it) => `encode(float8send(${it}),'hex')`,
  },
  numeric: {
    copy: numericText,
    canonical: numericText,
    canonicalSql: (it) => `trim_scale(${it})::text`,
  },
  text: { copy: plainText, canonical: plainText, canonicalSql: same },
  bytea: {
    copy: (value) => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : undefined),
    canonical: (value) => (Buffer.isBuffer(value) ? value.toString('hex') : undefined),
    canonicalSql: (it) => `encode(${it},'hex')`,
  },
  boolean: {
    copy: truthOf,
    canonical: truthOf,
    canonicalSql: (it) => `${it}::int::text`,
  },
  date: { ...moment(({ has }) => has === 'date'), canonicalSql: epochSql },
  timestamp: { ...moment(({ has }) => has !== 'zone'), canonicalSql: epochSql },
  // Without a zone it is of UTC, in which each of our sessions is.
  timestamptz: { ...moment(() => true), canonicalSql: epochSql },
  json: { copy: jsonText, canonical: jsonText, canonicalSql: (it) => `${it}::text` },
};

export function fits(type: TypeName, value: SqliteValue): boolean {
  return value === null || columnTypes[type].copy(value) !== undefined;
}

/** The bytes of what is text or blob. */
export function bytesOf(value: SqliteValue): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  if (Buffer.isBuffer(value)) return value;
  return isBroken(value) ? value.broken : undefined;
}
