import { createHash } from 'node:crypto';
import type pg from 'pg';
import { identifier } from '../server/with-client.ts';
import { schemaHashOf, schemaLines } from './schema-lines.ts';

/** All that a database holds, as one can compare it. */
export interface ReadContent {
  readonly schemaHash: string;
  readonly contentHash: string;
  /** By `schema.table`. */
  readonly tables: Readonly<Record<string, number>>;
  readonly hashes: Readonly<Record<string, string>>;
}

/** Neither the server's own, nor what an extension makes anew. */
const TABLES = `select n.nspname as schema, c.relname as table
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and not exists (select 1 from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
  order by 1, 2`;

/** Large objects count as one table of this name. */
const LARGE = 'large objects';

/**
 * Reads every row of every table: count, and the sums of the upper and the lower halves of the md5 of each row's text. The order of rows
 * does not matter, and one that is there twice counts twice. `with-client.ts` sees to it that the same value always has the same text.
 *
 * In the transaction of the caller, whose snapshot decides what it sees.
 */
export async function readContent(client: pg.Client, keyTable: string): Promise<ReadContent> {
  const schemaHash = schemaHashOf(await schemaLines(client));
  const { rows } = await client.query<{ schema: string; table: string }>(TABLES);
  const tables: Record<string, number> = {};
  const hashes: Record<string, string> = {};
  for (const { schema, table } of rows) {
    const name = `${schema}.${table}`;
    const from = `only ${identifier(schema)}.${identifier(table)} t`;
    const { count, hash } = await sumOf(client, `select md5(t::text) as m from ${from}`);
    tables[name] = count;
    hashes[name] = hash;
  }
  const large = await sumOf(
    client,
    'select md5(o.oid::text || md5(lo_get(o.oid))) as m from pg_largeobject_metadata o',
  );
  if (large.count > 0) {
    tables[LARGE] = large.count;
    hashes[LARGE] = large.hash;
  }
  // A view, or a table whose rows lie in its partitions.
  const key = fullName(keyTable);
  if (tables[key] === undefined && (await isThere(client, key)))
    tables[key] = await countOf(client, keyTable);
  return { schemaHash, contentHash: contentHashOf(tables, hashes), tables, hashes };
}

/** Whether something of this name, `schema.table`, can be read like a table. */
export async function isThere(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname || '.' || c.relname = $1 and c.relkind in ('r', 'v', 'm', 'p', 'f')`,
    [name],
  );
  return rows.length > 0;
}

/** All rows of the key table. */
export async function countOf(client: pg.Client, keyTable: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `select count(*)::text as count from ${quotedName(keyTable)}`,
  );
  return Number(rows[0]!.count);
}

async function sumOf(client: pg.Client, rows: string): Promise<{ count: number; hash: string }> {
  const half = (from: number) => `sum(('x' || substr(m, ${from}, 16))::bit(64)::bigint)`;
  const { rows: found } = await client.query<{ count: string; upper: string; lower: string }>(
    `select count(*)::text as count, coalesce(${half(1)}, 0)::text as upper,
       coalesce(${half(17)}, 0)::text as lower from (${rows}) r`,
  );
  const { count, upper, lower } = found[0]!;
  return { count: Number(count), hash: `${upper} ${lower}` };
}

function contentHashOf(
  tables: Readonly<Record<string, number>>,
  hashes: Readonly<Record<string, string>>,
): string {
  const lines = Object.keys(tables).map((name) =>
    JSON.stringify([name, tables[name], hashes[name]]),
  );
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** The key table, as the manifest names it. */
export function fullName(keyTable: string): string {
  return keyTable.includes('.') ? keyTable : `public.${keyTable}`;
}

/** The key table, as a statement names it. */
export function quotedName(keyTable: string): string {
  const name = fullName(keyTable);
  const dot = name.indexOf('.');
  return `${identifier(name.slice(0, dot))}.${identifier(name.slice(dot + 1))}`;
}
