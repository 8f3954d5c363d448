import type { Client } from 'pg';
import { rowText } from '../plan/fitting.ts';
import type { ResolvedTable } from '../plan/resolve.ts';
import type { Source } from '../source/open-source.ts';
import { quoted } from '../source/quoted.ts';
import { columnTypes } from '../values/column-type.ts';
import { bucketOf, rowHasher, rowHashSql } from './hashes.ts';

export interface Difference {
  readonly table: string;
  /** By its key, or by its rowid where SQLite has no key; by its hash where only PostgreSQL has it, and there is no key. */
  readonly row: string;
  readonly is: 'different' | 'only in SQLite' | 'only in PostgreSQL';
  /** In which columns it is different. */
  readonly columns: readonly string[];
}

/** Where all is different, a few rows say so as well as all. */
const MAX_BUCKETS = 64;
const MAX_NAMED = 20;

interface Row {
  readonly name: string;
  readonly cells: readonly (string | undefined)[];
}

/** Goes through both sides once more, and names the rows whose hashes the other has not. */
export async function nameDifferences(
  source: Source,
  client: Client,
  table: ResolvedTable,
  differing: readonly number[],
): Promise<Difference[]> {
  const buckets = new Set(differing.slice(0, MAX_BUCKETS));
  const mine = sourceRows(source, table, buckets);
  const theirs = await postgresRows(client, table, buckets);
  for (const [digest, rows] of mine) {
    const others = theirs.get(digest) ?? [];
    const common = Math.min(rows.length, others.length);
    rows.splice(0, common);
    others.splice(0, common);
  }
  const left = [...mine.values()].flat();
  const right = new Map([...theirs.values()].flat().map((row) => [row.name, row]));
  const named: Difference[] = left.map((row) => {
    const other = right.get(row.name);
    right.delete(row.name);
    if (!other) return { table: table.name, row: row.name, is: 'only in SQLite', columns: [] };
    const columns = table.columns
      .filter((_, at) => row.cells[at] !== other.cells[at])
      .map(({ name }) => name);
    return { table: table.name, row: row.name, is: 'different', columns };
  });
  const others = [...right.values()].map(({ name }): Difference => ({
    table: table.name,
    row: name,
    is: 'only in PostgreSQL',
    columns: [],
  }));
  return [...named, ...others].slice(0, MAX_NAMED);
}

function sourceRows(
  source: Source,
  table: ResolvedTable,
  buckets: ReadonlySet<number>,
): Map<string, Row[]> {
  const from = source.schema.tables.find(({ name }) => name === table.name)!;
  const offset = from.found.length;
  const hashed = rowHasher(table, offset);
  const found = new Map<string, Row[]>();
  const names = table.columns.map(({ name }) => name);
  for (const row of source.rows(from, names)) {
    const { digest, cells } = hashed(row);
    if (!buckets.has(bucketOf(digest))) continue;
    const name =
      keyText(table, cells) ?? `${from.found.join(', ')} ${rowText(row.slice(0, offset))}`;
    add(found, digest.toString('hex'), { name, cells });
  }
  return found;
}

async function postgresRows(
  client: Client,
  table: ResolvedTable,
  buckets: ReadonlySet<number>,
): Promise<Map<string, Row[]>> {
  const cells = table.columns.map(({ to, type }) => columnTypes[type].canonicalSql(quoted(to)));
  const wanted = [...buckets].map((bucket) => bucket.toString(16).padStart(3, '0'));
  const { rows } = await client.query<{ h: string; cells: (string | null)[] }>(
    `select h, cells from (select ${rowHashSql(table)} as h, array[${cells.join(', ')}]::text[] as cells
       from ${quoted(table.to)} offset 0) as hashed where left(h, 3) = any($1)`,
    [wanted],
  );
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const texts = row.cells.map((cell) => cell ?? undefined);
    add(found, row.h, { name: keyText(table, texts) ?? `hash ${row.h}`, cells: texts });
  }
  return found;
}

/** `id 17`. Undefined: its key is not whole, or it has none. */
function keyText(
  { key, columns }: ResolvedTable,
  cells: readonly (string | undefined)[],
): string | undefined {
  if (key.length === 0) return undefined;
  const parts = key.map((name) => {
    const cell = cells[columns.findIndex((column) => column.name === name)];
    return cell === undefined ? undefined : `${name} ${cell.slice(0, 100)}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(', ');
}

function add(found: Map<string, Row[]>, digest: string, row: Row): void {
  const rows = found.get(digest);
  if (rows) rows.push(row);
  else found.set(digest, [row]);
}

/** `measurements, id 17: value`. */
export function differenceText({ table, row, is, columns }: Difference): string {
  return is === 'different' ? `${table}, ${row}: ${columns.join(', ')}` : `${table}, ${row}: ${is}`;
}
