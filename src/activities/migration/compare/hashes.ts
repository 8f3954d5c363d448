import { hash } from 'node:crypto';
import type { Client } from 'pg';
import { fittingFor } from '../plan/fitting.ts';
import type { ResolvedTable } from '../plan/resolve.ts';
import type { Source, SourceRow } from '../source/open-source.ts';
import { quoted } from '../source/quoted.ts';
import { columnTypes } from '../values/column-type.ts';

/** By the first 12 bits of the hashes of rows: so few that a difference names a few rows, and all of them are in memory. */
const BUCKETS = 4096;

/** Count, and the sums of both signed halves of the md5 of each row: the order does not matter, and of two equal rows both count. */
interface Sums {
  readonly rows: bigint;
  readonly high: bigint;
  readonly low: bigint;
}

export type Buckets = ReadonlyMap<number, Sums>;

/** Canonical texts of a row, NULL where it is none, and the md5 over all of them. */
interface HashedRow {
  readonly digest: Buffer;
  readonly cells: readonly (string | undefined)[];
}

/** Hashes rows of SQLite as PostgreSQL has them by the plan. `row` begins with what finds it. */
export function rowHasher(table: ResolvedTable, offset: number): (row: SourceRow) => HashedRow {
  const makers = table.columns.map((column) => ({
    fit: fittingFor(table, column),
    canonical: columnTypes[column.type].canonical,
  }));
  return (row) => {
    let text = '';
    const cells: (string | undefined)[] = [];
    for (let at = 0; at < makers.length; at += 1) {
      const { fit, canonical } = makers[at]!;
      const value = fit(row[at + offset]!);
      const cell = value === undefined || value === null ? undefined : canonical(value);
      cells.push(cell);
      text += cell === undefined ? 'N' : `${Buffer.byteLength(cell)}:${cell}`;
    }
    return { digest: hash('md5', text, 'buffer'), cells };
  };
}

/** The same by PostgreSQL: an expression that is the md5 of a row as hex. Needs a database in UTF-8. */
export function rowHashSql({ columns }: Pick<ResolvedTable, 'columns'>): string {
  const cells = columns.map(({ to, type }) => {
    const text = columnTypes[type].canonicalSql(quoted(to));
    return `coalesce(octet_length(${text})||':'||${text},'N')`;
  });
  return `md5(${cells.join('||')})`;
}

export function bucketOf(digest: Buffer): number {
  return (digest[0]! << 4) | (digest[1]! >> 4);
}

/** Of a table of SQLite: one pass. */
export function sourceBuckets(source: Source, table: ResolvedTable): Buckets {
  const from = source.schema.tables.find(({ name }) => name === table.name)!;
  const hashed = rowHasher(table, from.found.length);
  const sums = Array.from({ length: BUCKETS }, () => ({ rows: 0n, high: 0n, low: 0n }));
  const names = table.columns.map(({ name }) => name);
  for (const row of source.rows(from, names)) {
    const { digest } = hashed(row);
    const sum = sums[bucketOf(digest)]!;
    sum.rows += 1n;
    sum.high += digest.readBigInt64BE(0);
    sum.low += digest.readBigInt64BE(8);
  }
  return new Map([...sums.entries()].filter(([, { rows }]) => rows > 0n));
}

/** Of a table of PostgreSQL: one pass, by its own functions. */
export async function postgresBuckets(client: Client, table: ResolvedTable): Promise<Buckets> {
  const { rows } = await client.query<{ bucket: string; n: string; high: string; low: string }>(
    `select left(h, 3) as bucket, count(*) as n,
       sum(('x'||left(h, 16))::bit(64)::bigint)::text as high, sum(('x'||right(h, 16))::bit(64)::bigint)::text as low
     from (select ${rowHashSql(table)} as h from ${quoted(table.to)} offset 0) as hashed group by 1`,
  );
  return new Map(
    rows.map(({ bucket, n, high, low }) => [
      Number.parseInt(bucket, 16),
      { rows: BigInt(n), high: BigInt(high), low: BigInt(low) },
    ]),
  );
}

/** Of a whole table, as text: what is kept, and compared later. */
export interface TableHash {
  readonly rows: string;
  readonly high: string;
  readonly low: string;
}

export function tableHash(buckets: Buckets): TableHash {
  const sum = { rows: 0n, high: 0n, low: 0n };
  for (const { rows, high, low } of buckets.values()) {
    sum.rows += rows;
    sum.high += high;
    sum.low += low;
  }
  return { rows: String(sum.rows), high: String(sum.high), low: String(sum.low) };
}

export function differingBuckets(one: Buckets, other: Buckets): number[] {
  const all = new Set([...one.keys(), ...other.keys()]);
  return [...all].filter((bucket) => {
    const [a, b] = [one.get(bucket), other.get(bucket)];
    return a?.rows !== b?.rows || a?.high !== b?.high || a?.low !== b?.low;
  });
}
