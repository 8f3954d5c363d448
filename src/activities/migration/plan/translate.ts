import { tokensOf } from '../../database/sqlite/dump/sql-tokens.ts';
import { literal, quoted } from '../source/quoted.ts';
import { unquoted } from '../source/definition.ts';
import type { TypeName } from '../values/column-type.ts';

/** Of a table: what its columns are called and are in PostgreSQL, by their names in small letters. */
export type Columns = ReadonlyMap<string, { readonly to: string; readonly type: TypeName }>;

/** Words that mean the same in both. */
const WORDS = new Set([
  'and',
  'or',
  'not',
  'is',
  'null',
  'in',
  'between',
  'lower',
  'upper',
  'abs',
  'length',
  'coalesce',
]);
const SIGNS = new Set(['(', ')', ',', '=', '<', '>', '+', '-', '*', '.']);

/**
 * An expression of SQLite in SQL of PostgreSQL, where each of its words means the same there. Undefined: that cannot be said, and a
 * person has to. A double-quoted word that is no column is a text for SQLite, and a fault in PostgreSQL.
 */
export function translated(sql: string, columns: Columns): string | undefined {
  const tokens = [...tokensOf(sql)].filter(({ kind }) => kind !== 'comment');
  let text = '';
  let boolean = false;
  for (const { kind, text: token, open } of tokens) {
    if (open) return undefined;
    if (kind === 'space') {
      text += ' ';
      continue;
    }
    const column =
      kind === 'word' || (kind === 'quoted' && !token.startsWith("'"))
        ? columns.get(unquoted(token).toLowerCase())
        : undefined;
    if (column) {
      if (!['bigint', 'text', 'boolean', 'double precision', 'numeric'].includes(column.type))
        return undefined;
      boolean ||= column.type === 'boolean';
      text += quoted(column.to);
    } else if (kind === 'quoted') {
      if (token.startsWith('[') || token.startsWith('`')) return undefined;
      text += literal(unquoted(token));
    } else if (kind === 'word') {
      if (!WORDS.has(token.toLowerCase()) && !/^\d+$/.test(token)) return undefined;
      text += token.toLowerCase();
    } else if (SIGNS.has(token)) text += token;
    else return undefined;
  }
  return boolean ? withBooleans(text) : text.trim();
}

/** `"ok" = 1` means `"ok"`. Another use of a boolean is a question. */
function withBooleans(text: string): string | undefined {
  const simple = /^\s*("(?:[^"]|"")+")\s*(?:=\s*([01]))?\s*$/.exec(text);
  if (!simple) return undefined;
  return simple[2] === '0' ? `not ${simple[1]}` : simple[1];
}

/** Nothing but numbers, columns of numbers, and arithmetic that both do alike. */
export function translatedArithmetic(sql: string, columns: Columns): string | undefined {
  const text = translated(sql, columns);
  if (text === undefined || !/^[\w\s"+*().-]+$/.test(text)) return undefined;
  const words = [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, name]) => name!);
  const types = [...columns.values()];
  const numbers = words.every((name) =>
    types.some(({ to, type }) => to === name && ['bigint', 'double precision'].includes(type)),
  );
  return numbers ? text : undefined;
}

/** A `default` of SQLite for a column of this type. Undefined: a person has to say. */
export function translatedDefault(sql: string, type: TypeName): string | undefined {
  const text = sql.replace(/^\((.*)\)$/s, '$1').trim();
  if (/^null$/i.test(text)) return 'null';
  const isClock = /^(current_timestamp|datetime\s*\(\s*'now'\s*\))$/i.test(text);
  if (isClock && type === 'timestamptz') return 'now()';
  if (isClock && type === 'timestamp') return "(now() at time zone 'utc')";
  if (isClock && type === 'text')
    return "to_char(now() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')";
  if (/^current_date$/i.test(text) && type === 'date') return "((now() at time zone 'utc')::date)";
  if (type === 'boolean') return truthDefault(text);
  if (/^[+-]?\d+$/.test(text)) return type === 'text' ? literal(text) : text;
  if (/^[+-]?\d+\.\d+$/.test(text))
    return type === 'bigint' ? undefined : type === 'text' ? undefined : text;
  const tokens = [...tokensOf(text)];
  const [only] = tokens;
  // With double quotes it is a text all the same: SQLite takes an unknown name for one.
  if (tokens.length === 1 && only?.kind === 'quoted' && !only.open && /^['"]/.test(text))
    return ['text', 'json'].includes(type) ? literal(unquoted(text)) : undefined;
  return undefined;
}

function truthDefault(text: string): string | undefined {
  const word = unquoted(text).toLowerCase();
  if (['1', 't', 'true'].includes(word)) return 'true';
  return ['0', 'f', 'false'].includes(word) ? 'false' : undefined;
}
