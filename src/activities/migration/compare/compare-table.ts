import type { Client } from 'pg';
import type { ResolvedTable } from '../plan/resolve.ts';
import type { Source } from '../source/open-source.ts';
import {
  type Buckets,
  differingBuckets,
  postgresBuckets,
  sourceBuckets,
  type TableHash,
  tableHash,
} from './hashes.ts';
import { type Difference, nameDifferences } from './name-differences.ts';

export interface Comparison {
  readonly table: string;
  readonly equal: boolean;
  /** Of SQLite. */
  readonly hash: TableHash;
  /** Of PostgreSQL. */
  readonly other: TableHash;
  /** The first rows that are not equal. */
  readonly differences: readonly Difference[];
}

/** Compares a table with its copy, each value to its last bit. Both sides work at the same time. */
export async function compareTable(
  source: Source,
  client: Client,
  table: ResolvedTable,
): Promise<Comparison> {
  const [mine, theirs] = await bucketsOf(source, client, table);
  const differing = differingBuckets(mine, theirs);
  const differences =
    differing.length === 0 ? [] : await nameDifferences(source, client, table, differing);
  return {
    table: table.name,
    equal: differing.length === 0,
    hash: tableHash(mine),
    other: tableHash(theirs),
    differences,
  };
}

/** Of SQLite, and of PostgreSQL. */
export async function bucketsOf(
  source: Source,
  client: Client,
  table: ResolvedTable,
): Promise<readonly [Buckets, Buckets]> {
  const asked = postgresBuckets(client, table);
  // Its failure is heard when it is waited for.
  asked.catch(() => undefined);
  // The question has to leave before this process is busy.
  await new Promise((resolve) => setImmediate(resolve));
  const mine = sourceBuckets(source, table);
  return [mine, await asked];
}
