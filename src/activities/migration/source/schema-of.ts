import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { definitionOf } from './definition.ts';
import { quoted } from './quoted.ts';

export interface SqliteColumn {
  readonly name: string;
  /** As it was declared, in capitals: SQLite derives an affinity from it, and demands nothing. */
  readonly declared: string;
  readonly notNull: boolean;
  /** SQL. */
  readonly default?: string;
  /** Its expression, when it is computed. */
  readonly generated?: string;
  readonly collation?: string;
}

export interface SqliteIndex {
  readonly name: string;
  readonly unique: boolean;
  /** By `create index`, a `unique` or the primary key of the table. */
  readonly origin: 'c' | 'u' | 'pk';
  readonly parts: readonly IndexPart[];
  /** Its `create index`. Missing: it came with the table. */
  readonly sql?: string;
  readonly partial: boolean;
}

interface IndexPart {
  /** Missing: an expression. */
  readonly column?: string;
  readonly descending: boolean;
  readonly collation: string;
}

export interface SqliteForeignKey {
  readonly id: number;
  readonly table: string;
  readonly from: readonly string[];
  /** Empty: its primary key. */
  readonly to: readonly string[];
  readonly onUpdate: string;
  readonly onDelete: string;
}

export interface SqliteTable {
  readonly name: string;
  readonly columns: readonly SqliteColumn[];
  /** Its primary key. */
  readonly key: readonly string[];
  /** The column that is the rowid itself, when there is one. */
  readonly rowid?: string;
  /** By which expressions a row is found again. */
  readonly found: readonly string[];
  readonly autoincrement: boolean;
  readonly indexes: readonly SqliteIndex[];
  readonly foreignKeys: readonly SqliteForeignKey[];
  readonly checks: readonly string[];
}

/** What is no table: told, and never translated by itself. */
interface OtherObject {
  readonly kind: 'view' | 'trigger' | 'virtual table';
  readonly name: string;
  readonly sql: string;
}

export interface SqliteSchema {
  readonly tables: readonly SqliteTable[];
  readonly others: readonly OtherObject[];
  /** Of everything that makes the schema. */
  readonly sha256: string;
}

/** Reads the schema without the application's functions. */
export function schemaOf(db: Database.Database): SqliteSchema {
  const listed = db.pragma('table_list') as {
    schema: string;
    name: string;
    type: string;
    wr: number;
  }[];
  const own = listed.filter(({ schema, name }) => schema === 'main' && !/^sqlite_/i.test(name));
  const objects = db
    .prepare('select type, name, sql from sqlite_schema order by type, name')
    .all() as { type: string; name: string; sql: string | null }[];
  const sqlOf = (name: string) => objects.find((one) => one.name === name)?.sql ?? '';
  return {
    tables: own
      .filter(({ type }) => type === 'table')
      .map(({ name, wr }) => tableOf(db, name, { sql: sqlOf(name), withoutRowid: wr === 1 }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    others: [
      ...own
        .filter(({ type }) => type === 'virtual')
        .map(({ name }) => ({ kind: 'virtual table' as const, name, sql: sqlOf(name) })),
      ...objects.flatMap(({ type, name, sql }) =>
        type === 'view' || type === 'trigger'
          ? [{ kind: type as 'view', name, sql: sql ?? '' }]
          : [],
      ),
    ],
    sha256: createHash('sha256').update(JSON.stringify(objects)).digest('hex'),
  };
}

function tableOf(
  db: Database.Database,
  name: string,
  { sql, withoutRowid }: { readonly sql: string; readonly withoutRowid: boolean },
): SqliteTable {
  const definition = definitionOf(sql);
  const info = db.pragma(`table_xinfo(${quoted(name)})`) as {
    name: string;
    type: string;
    notnull: number;
    dflt_value: string | null;
    pk: number;
    hidden: number;
  }[];
  const columns = info.map((one): SqliteColumn => {
    const said = definition.columns.get(one.name.toLowerCase());
    return {
      name: one.name,
      declared: one.type.toUpperCase(),
      notNull: one.notnull === 1,
      ...(one.dflt_value !== null && { default: one.dflt_value }),
      ...(one.hidden >= 2 && { generated: said?.generated ?? '' }),
      ...(said?.collation !== undefined && { collation: said.collation }),
    };
  });
  const key = info
    .filter(({ pk }) => pk > 0)
    .toSorted((one, other) => one.pk - other.pk)
    .map((one) => one.name);
  const indexes = indexesOf(db, name);
  const first = columns.find((one) => one.name === key[0]);
  const isRowid =
    !withoutRowid &&
    key.length === 1 &&
    first?.declared === 'INTEGER' &&
    // A descending primary key has an index of its own.
    !indexes.some(({ origin }) => origin === 'pk');
  return {
    name,
    columns,
    key,
    ...(isRowid && { rowid: key[0]! }),
    found: withoutRowid ? key.map(quoted) : [rowidName(columns)],
    autoincrement: definition.autoincrement,
    indexes,
    foreignKeys: foreignKeysOf(db, name),
    checks: definition.checks,
  };
}

/** A column may have taken the name. */
function rowidName(columns: readonly SqliteColumn[]): string {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? 'rowid';
}

function indexesOf(db: Database.Database, table: string): SqliteIndex[] {
  const listed = db.pragma(`index_list(${quoted(table)})`) as {
    name: string;
    unique: number;
    origin: 'c' | 'u' | 'pk';
    partial: number;
  }[];
  const sqlOf = db.prepare('select sql from sqlite_schema where type = ? and name = ?').pluck();
  return listed.map(({ name, unique, origin, partial }) => {
    const sql = sqlOf.get('index', name) as string | null | undefined;
    const parts = db.pragma(`index_xinfo(${quoted(name)})`) as {
      name: string | null;
      desc: number;
      coll: string;
      key: number;
    }[];
    return {
      name,
      unique: unique === 1,
      origin,
      partial: partial === 1,
      parts: parts
        .filter(({ key }) => key === 1)
        .map(({ name: column, desc, coll }) => ({
          ...(column !== null && { column }),
          descending: desc === 1,
          collation: coll.toUpperCase(),
        })),
      ...(typeof sql === 'string' && { sql }),
    };
  });
}

function foreignKeysOf(db: Database.Database, table: string): SqliteForeignKey[] {
  const listed = db.pragma(`foreign_key_list(${quoted(table)})`) as {
    id: number;
    seq: number;
    table: string;
    from: string;
    to: string | null;
    on_update: string;
    on_delete: string;
  }[];
  return [...Map.groupBy(listed, ({ id }) => id).values()].map((parts) => {
    const ordered = parts.toSorted((one, other) => one.seq - other.seq);
    const [first] = ordered as [(typeof ordered)[number]];
    return {
      id: first.id,
      table: first.table,
      from: ordered.map(({ from }) => from),
      to: ordered.flatMap(({ to }) => to ?? []),
      onUpdate: first.on_update,
      onDelete: first.on_delete,
    };
  });
}
