import Database from 'better-sqlite3';
import type { Client } from 'pg';
import { permanent } from '../../../os/failure.ts';
import { bucketOf, differingBuckets, rowHasher, rowHashSql } from '../compare/hashes.ts';
import { bucketsOf } from '../compare/compare-table.ts';
import type { ResolvedTable } from '../plan/resolve.ts';
import { openSource, type Source } from '../source/open-source.ts';
import { quoted } from '../source/quoted.ts';
import type { SqliteTable } from '../source/schema-of.ts';
import { columnTypes } from '../values/column-type.ts';
import type { SqliteValue } from '../values/sqlite-value.ts';
import { sqliteValue } from './sqlite-text.ts';

export interface BroughtBack {
  /** Rows that SQLite had not, or not so. */
  readonly written: number;
  /** Rows that PostgreSQL has no more, or not so. */
  readonly removed: number;
}

/** Rows that are fetched and written at a time. */
const BATCH = 500;

/**
 * Makes a copy of the SQLite database equal to what PostgreSQL has now. Only rows that differ are written, so that all else keeps each byte, and what
 * PostgreSQL does not know, its computed columns, collations, triggers and full-text tables, is that of SQLite. Triggers rest meanwhile, but
 * those that keep a virtual table up to date: what the others did, PostgreSQL has done or not.
 */
export async function bringBack(
  file: string,
  client: Client,
  tables: readonly ResolvedTable[],
): Promise<BroughtBack> {
  const source = openSource(file);
  const changes: Change[] = [];
  try {
    for (const table of tables) changes.push(...(await changesOf(source, client, table)));
  } finally {
    source.close();
  }
  const db = new Database(file, { fileMustExist: true });
  try {
    db.pragma('foreign_keys = off');
    db.exec('begin immediate');
    const rest = takeTriggers(db, source);
    let written = 0;
    for (const change of changes) {
      remove(db, change);
      written += await write(db, client, change);
      await setSequence(db, client, change);
    }
    for (const sql of rest) db.exec(sql);
    db.exec('commit');
    const removed = changes.reduce((sum, { gone }) => sum + gone.length, 0);
    return { written, removed };
  } finally {
    db.close();
  }
}

interface Change {
  readonly table: ResolvedTable;
  readonly from: SqliteTable;
  /** What finds each row of SQLite that goes. */
  readonly gone: readonly (readonly SqliteValue[])[];
  /** Hashes of rows that come, and how often. */
  readonly come: ReadonlyMap<string, number>;
}

async function changesOf(source: Source, client: Client, table: ResolvedTable): Promise<Change[]> {
  const differing = new Set(differingBuckets(...(await bucketsOf(source, client, table))));
  if (differing.size === 0) return [];
  const from = source.schema.tables.find(({ name }) => name === table.name)!;
  const come = new Map<string, number>();
  const wanted = [...differing].map((bucket) => bucket.toString(16).padStart(3, '0'));
  const { rows } = await client.query<{ h: string; n: string }>(
    `select h, count(*) as n from (select ${rowHashSql(table)} as h from ${quoted(table.to)} offset 0) as hashed
     where left(h, 3) = any($1) group by 1`,
    [wanted],
  );
  for (const { h, n } of rows) come.set(h, Number(n));
  const gone: SqliteValue[][] = [];
  const offset = from.found.length;
  const hashed = rowHasher(table, offset);
  const names = table.columns.map(({ name }) => name);
  for (const row of source.rows(from, names)) {
    const { digest } = hashed(row);
    if (!differing.has(bucketOf(digest))) continue;
    const hex = digest.toString('hex');
    const left = come.get(hex) ?? 0;
    if (left === 0) gone.push(row.slice(0, offset));
    else if (left === 1) come.delete(hex);
    else come.set(hex, left - 1);
  }
  return [{ table, from, gone, come }];
}

/** Answers how they are made again. */
function takeTriggers(db: Database.Database, { schema }: Source): string[] {
  const virtual = schema.others.filter(({ kind }) => kind === 'virtual table');
  const resting = schema.others.filter(
    ({ kind, sql }) =>
      kind === 'trigger' &&
      !virtual.some(({ name }) => sql.toLowerCase().includes(name.toLowerCase())),
  );
  for (const { name } of resting) db.exec(`drop trigger ${quoted(name)}`);
  return resting.map(({ sql }) => sql);
}

function remove(db: Database.Database, { from, gone }: Change): void {
  const statement = db.prepare(
    `delete from ${quoted(from.name)} where ${from.found.map((name) => `${name} is ?`).join(' and ')}`,
  );
  for (const found of gone) statement.run(...found);
}

async function write(
  db: Database.Database,
  client: Client,
  { table, from, come }: Change,
): Promise<number> {
  const own = new Set(
    from.columns.filter(({ generated }) => generated === undefined).map(({ name }) => name),
  );
  const columns = table.columns.filter(({ name }) => own.has(name));
  const cells = columns.map(({ to, type }) => columnTypes[type].canonicalSql(quoted(to)));
  const list = columns.map(({ name }) => quoted(name)).join(', ');
  const insert = db.prepare(
    `insert into ${quoted(from.name)} (${list}) values (${columns.map(() => '?').join(', ')})`,
  );
  const left = new Map(come);
  const hashes = [...come.keys()];
  let written = 0;
  for (let at = 0; at < hashes.length; at += BATCH * 100) {
    const { rows } = await client.query<{ h: string; cells: (string | null)[] }>(
      `select h, cells from (select ${rowHashSql(table)} as h, array[${cells.join(', ')}]::text[] as cells
         from ${quoted(table.to)} offset 0) as hashed where h = any($1)`,
      [hashes.slice(at, at + BATCH * 100)],
    );
    for (const row of rows) {
      // Of equal rows only as many as SQLite has not.
      const count = left.get(row.h) ?? 0;
      if (count === 0) continue;
      left.set(row.h, count - 1);
      insert.run(...columns.map((column, index) => sqliteValue(column, row.cells[index]!)));
      written += 1;
    }
  }
  const missing = [...left.values()].reduce((sum, count) => sum + count, 0);
  if (missing > 0)
    throw permanent(
      'DatabaseInUse',
      `"${table.to}" was written to while its rows were brought back: end whoever does`,
    );
  return written;
}

/** SQLite gives no number again that PostgreSQL has given. */
async function setSequence(
  db: Database.Database,
  client: Client,
  { table, from }: Change,
): Promise<void> {
  if (!from.autoincrement || table.identity === undefined) return;
  const { rows } = await client.query<{ seq: string | null }>(
    `select pg_get_serial_sequence($1, $2) as seq`,
    [quoted(table.to), table.identity],
  );
  const sequence = rows[0]?.seq;
  if (!sequence) return;
  const { rows: values } = await client.query<{ last: string }>(
    `select last_value::text as last from ${sequence}`,
  );
  const last = BigInt(values[0]!.last);
  db.prepare('update sqlite_sequence set seq = max(seq, ?) where name = ?').run(last, from.name);
}
