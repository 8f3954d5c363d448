import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { expectSpaceFor } from '../../../../os/files/disk-space.ts';
import { ensurePrivate } from '../../../../os/files/ensure-private.ts';
import { withScratchFor } from '../../../../os/files/scratch.ts';
import type {
  IndexAdvice,
  IndexProof,
  SlowStatement,
  TimedStatement,
} from '../../index-results.ts';
import { adviceText, bestOf, proofText } from '../../proof-text.ts';
import { copyLive } from '../copy-live.ts';
import { inVerifyDatabase } from '../proof/in-verify-database.ts';
import { restoreInto } from '../restore/restore-into.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { findDatabase } from '../server/databases.ts';
import { identifier, withClient } from '../server/with-client.ts';
import { candidatesFor, type Candidate } from './candidates.ts';
import { createText } from './live-index.ts';
import { expectRunnable, type Runnable, timed } from './time-statements.ts';

/** For one statement, in ms. */
const TIMEOUT = 90_000;

/**
 * Finds the index that helps the slow statements most, and proves it on a restored copy beside the live database: that is only dumped. Errors:
 * those of a backup.
 */
export async function adviseIndex(
  target: PostgresTarget,
  connection: PostgresConnection,
  statements: readonly SlowStatement[],
): Promise<IndexAdvice> {
  ensurePrivate(target.state);
  const { via } = target.database;
  return withClient(
    connection,
    async (client) => {
      const { bytes = 0 } = (await findDatabase(client, connection.database)) ?? {};
      expectSpaceFor(bytes, target.state);
      return withScratchFor(join(target.state, 'index-proof'), async (scratch) => {
        const file = join(scratch, `${randomUUID()}.dump`);
        const { postgres } = await copyLive(target, connection, file);
        return inVerifyDatabase(client, connection.database, 'index', async (name) => {
          const { server, databaseBytes } = postgres;
          const restoring = { file, name, server, bytes: databaseBytes, backup: 'a copy of now' };
          await restoreInto(target, connection, client, restoring);
          return withClient(connection, (copy) => proveOn(copy, target, statements), {
            database: name,
            statement: TIMEOUT,
          });
        });
      });
    },
    { database: via, statement: 0 },
  );
}

/** Times the statements without, and then with each index by itself. */
async function proveOn(
  client: pg.Client,
  target: PostgresTarget,
  statements: readonly SlowStatement[],
): Promise<IndexAdvice> {
  // Statements of a log say names without their schema; what is called comes from the server all the same.
  await client.query('set search_path = pg_catalog, public');
  await client.query('analyze');
  const runnable: Runnable[] = [];
  const before: TimedStatement[] = [];
  for (const { sql } of statements) {
    const one = await readOnly(client, () => expectRunnable(client, sql));
    if ('refused' in one) {
      before.push({ sql, refused: one.refused });
      continue;
    }
    try {
      const { indexes: _, ...found } = await readOnly(client, () => timed(client, one));
      before.push(found);
      runnable.push(one);
    } catch (error) {
      before.push({ sql, refused: (error as Error).message });
    }
  }
  const read = runnable.map(({ statement }) => statement);
  const { candidates, notes } = await candidatesFor(client, target, read);
  const proofs: IndexProof[] = [];
  for (const one of candidates) proofs.push(await prove(client, one, runnable, before));
  const best = bestOf(proofs);
  const advice = {
    statements: before,
    ...(best && { best }),
    notes: [...notes, ...proofs.filter((one) => one !== best).map(proofText)],
  };
  return { ...advice, note: adviceText(advice) };
}

async function prove(
  client: pg.Client,
  { index, from }: Candidate,
  runnable: readonly Runnable[],
  before: readonly TimedStatement[],
): Promise<IndexProof> {
  const begun = performance.now();
  await client.query(createText(index));
  const createMilliseconds = performance.now() - begun;
  const { rows } = await client.query<{ bytes: string; name: string }>(
    `select pg_relation_size(c.oid)::text as bytes, c.oid::regclass::text as name from pg_class c where relname = $1 and relkind in ('i', 'I')`,
    [index.name],
  );
  const pairs = [];
  for (const one of runnable) {
    const now = await readOnly(client, () => timed(client, one)).catch(() => undefined);
    pairs.push({ old: before.find(({ sql }) => sql === one.text), now });
  }
  await client.query(`drop index ${rows[0]?.name ?? identifier(index.name)}`);
  const uses = pairs.filter(({ now }) => now?.indexes.includes(index.name));
  const sum = (times: (number | undefined)[]) =>
    times.reduce<number>((all, time) => all + (time ?? 0), 0);
  return {
    index,
    from,
    used: uses.length,
    before: sum(uses.map(({ old }) => old?.milliseconds)),
    after: sum(uses.map(({ now }) => now?.milliseconds)),
    bytes: Number(rows[0]?.bytes ?? 0),
    createMilliseconds,
  };
}

/** Whatever a log says: the copy is not written to by it. */
async function readOnly<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin transaction read only');
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}
