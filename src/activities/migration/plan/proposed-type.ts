import type { SqliteColumn } from '../source/schema-of.ts';
import type { TypeName } from '../values/column-type.ts';
import type { Kind } from '../values/sqlite-value.ts';
import type { ColumnProfile } from './profile.ts';

/** By its declaration: the type with which a column is tried. Undefined: it names none, and what is in it decides. */
export function declaredType({ declared, default: value }: SqliteColumn): TypeName | undefined {
  if (/BOOL/.test(declared)) return 'boolean';
  // The order and the words of https://sqlite.org/datatype3.html#determination_of_column_affinity, times before them.
  if (/TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE/.test(declared)) return 'timestamptz';
  if (/DATETIME|TIMESTAMP/.test(declared))
    return /^current_timestamp$/i.test(value ?? '') ? 'timestamptz' : 'timestamp';
  if (/^DATE$/.test(declared)) return 'date';
  if (/INT/.test(declared)) return 'bigint';
  if (/CHAR|CLOB|TEXT/.test(declared)) return 'text';
  if (/JSON/.test(declared)) return 'json';
  if (/BLOB/.test(declared)) return 'bytea';
  if (/REAL|FLOA|DOUB/.test(declared)) return 'double precision';
  if (declared === '' || declared === 'ANY') return undefined;
  return 'numeric';
}

/** Times that all name their zone are times with one. */
export function settledType(
  type: TypeName | undefined,
  { zoned, counts, fits }: ColumnProfile,
): TypeName {
  if (type === undefined) return typeOfContent(counts);
  return type === 'timestamp' && zoned > 0 && zoned === fits ? 'timestamptz' : type;
}

/** Of a column without a type: what most of it is, when that is all of it; else text, and what is odd is asked about. */
function typeOfContent(counts: Partial<Record<Kind, number>>): TypeName {
  const kinds = new Set(Object.keys(counts).filter((kind) => kind !== 'null'));
  const only = (...some: Kind[]) =>
    kinds.size > 0 && [...kinds].every((kind) => some.includes(kind as Kind));
  if (only('integer')) return 'bigint';
  if (only('real')) return 'double precision';
  if (only('blob')) return 'bytea';
  return 'text';
}
