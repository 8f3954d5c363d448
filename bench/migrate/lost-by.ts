import type { Client } from 'pg';
import type { Source } from '../../src/activities/migration/source/open-source.ts';
import { quoted } from '../../src/activities/migration/source/quoted.ts';
import type { SqliteValue } from '../../src/activities/migration/values/sqlite-value.ts';

/** What another copier has lost of one table. */
export interface Lost {
  readonly table: string;
  /** Rows of the source that are not there. */
  readonly rows: number;
  /** Of those that are there: values that are not the same, however kindly one reads them. */
  readonly values: number;
  /** Where its rows have no key by which they could be found: only they are counted. */
  readonly uncompared?: true;
}

const BATCH = 20_000;

/**
 * Compares each table of the source with what somebody else has made of it, under the same name or its small letters. A value counts as kept when its
 * text is equal, or the number, or the truth, or the moment: types may differ.
 */
export async function lostBy(source: Source, client: Client): Promise<Lost[]> {
  const { rows: there } = await client.query<{ schema: string; name: string; oid: number }>(
    `select n.nspname as schema, c.relname as name, c.oid::int as oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const lost: Lost[] = [];
  for (const table of source.schema.tables) {
    const name = table.name.slice(0, 63);
    const other =
      there.find((one) => one.name === name) ??
      there.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const { rows } = source.db
      .prepare(`select count(*) as rows from ${quoted(table.name)}`)
      .get() as { rows: number };
    if (!other) {
      lost.push({ table: table.name, rows, values: 0 });
      continue;
    }
    const { rows: attributes } = await client.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped',
      [other.oid],
    );
    const columns = table.columns.map((column) => ({
      mine: column.name,
      theirs: attributes.find((one) => one.name.toLowerCase() === column.name.toLowerCase())?.name,
    }));
    const key = columns.find(({ mine }) => mine.toLowerCase() === 'id');
    if (key?.theirs === undefined) {
      const place = `${quoted(other.schema)}.${quoted(other.name)}`;
      const { rows: counted } = await client.query<{ n: string }>(
        `select count(*)::text as n from ${place}`,
      );
      const missing = Math.max(0, rows - Number(counted[0]!.n));
      lost.push({ table: table.name, rows: missing, values: 0, uncompared: true });
      continue;
    }
    lost.push(await compared(source, client, { table, other, columns, key: key.theirs }));
  }
  return lost;
}

async function compared(
  source: Source,
  client: Client,
  {
    table,
    other,
    columns,
    key,
  }: {
    readonly table: Source['schema']['tables'][number];
    readonly other: { readonly schema: string; readonly name: string };
    readonly columns: readonly { readonly mine: string; readonly theirs: string | undefined }[];
    readonly key: string;
  },
): Promise<Lost> {
  const place = `${quoted(other.schema)}.${quoted(other.name)}`;
  const wanted = columns.filter(({ theirs }) => theirs !== undefined);
  const list = wanted.map(({ theirs }) => `${quoted(theirs!)}::text`).join(', ');
  let missing = 0;
  let values = 0;
  let batch: SqliteValue[][] = [];
  const offset = table.found.length;
  const at = columns.findIndex(({ theirs }) => theirs === key);
  const judge = async () => {
    const keyOf = (row: SqliteValue[]) => `${row[at + offset] as bigint}`;
    const ids = batch.map(keyOf);
    const { rows } = await client.query<(string | null)[]>({
      text: `select ${quoted(key)}::text, ${list} from ${place} where ${quoted(key)}::text = any($1)`,
      values: [ids],
      rowMode: 'array',
    });
    const found = new Map(rows.map(([id, ...cells]) => [id, cells]));
    for (const row of batch) {
      const cells = found.get(keyOf(row));
      if (!cells) {
        missing += 1;
        continue;
      }
      for (const [place_, { theirs }] of columns.entries()) {
        const value = row[place_ + offset]!;
        const index = wanted.findIndex((one) => one.theirs === theirs);
        if (theirs === undefined ? value !== null : !isKept(value, cells[index] ?? null))
          values += 1;
      }
    }
    batch = [];
  };
  for (const row of source.rows(
    table,
    columns.map(({ mine }) => mine),
  )) {
    batch.push(row as SqliteValue[]);
    if (batch.length === BATCH) await judge();
  }
  if (batch.length > 0) await judge();
  return { table: table.name, rows: missing, values };
}

/** Kindly: only what cannot be the same in any reading is lost. */
function isKept(value: SqliteValue | { readonly broken: Buffer }, other: string | null): boolean {
  if (value === null || other === null) return value === other;
  if (Buffer.isBuffer(value)) return other === `\\x${value.toString('hex')}`;
  if (typeof value === 'object') return false;
  const text = String(value);
  if (text === other) return true;
  if (typeof value !== 'string') {
    if (Object.is(Number(value), Number(other))) return true;
    if ((other === 'true' || other === 't') && Number(value) === 1) return true;
    if ((other === 'false' || other === 'f') && Number(value) === 0) return true;
  }
  const [mine, theirs] = [Date.parse(text), Date.parse(other)];
  return !Number.isNaN(mine) && mine === theirs;
}
