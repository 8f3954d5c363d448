import { statSync } from 'node:fs';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { Unproven } from '../../../../config/unproven.ts';
import { permanent } from '../../../../os/failure.ts';
import { sha256Of } from '../../../../os/files/sha256.ts';
import { type Check, isPostgresFacts } from '../../../artefact/manifest.ts';
import type { Proof, ProofOptions } from '../../copies.ts';
import { differenceOf } from '../content/differences.ts';
import { fullName, readContent } from '../content/read-content.ts';
import { restoreInto } from '../restore/restore-into.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';
import { amcheck } from './amcheck.ts';
import { inVerifyDatabase } from './in-verify-database.ts';

/**
 * Proves a dump by restoring it into a database of its own, which is gone afterwards: every row and every definition is compared with what
 * was there at the moment of the dump. `full` of a copy of the live database checks that one's tables and indexes by pg_amcheck, too: an
 * index is made anew by a restore, so that a restore says nothing of the live one.
 */
export async function prove(
  target: Pick<PostgresTarget, 'state' | 'database'>,
  connection: PostgresConnection,
  file: string,
  { name, expected, content, sha256: hashed, full = false, blame }: ProofOptions,
): Promise<Proof> {
  const wanted = expected ?? content;
  if (!wanted || !('hashes' in wanted) || (expected && !isPostgresFacts(expected)))
    throw permanent('NotApplicable', `Backup "${name}" is no dump of a PostgreSQL database`);
  const timings: Check[] = [];
  const timed = async <Result>(check: string, work: () => Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    const result = await work();
    const milliseconds = Math.round(performance.now() - begun);
    timings.push({ name: check, milliseconds, at: new Date().toISOString() });
    return result;
  };
  const sha256 = await timed('sha256', async () => (await hashed?.()) ?? sha256Of(file));
  if (expected && sha256 !== expected.sha256)
    throw damaged('sha256', `got "${sha256}", expected "${expected.sha256}"`);

  const live = connection.database;
  const got = await withClient(
    connection,
    (client) =>
      inVerifyDatabase(client, live, name, async (scratch) => {
        const { server, databaseBytes: bytes } = wanted;
        const restoring = { file, name: scratch, server, bytes, backup: name };
        await timed('restore', () => restoreInto(target, connection, client, restoring));
        return timed('content', () =>
          withClient(connection, (inside) => readContent(inside, wanted.keyTable), {
            database: scratch,
            statement: 0,
          }),
        );
      }),
    { database: target.database.via, statement: 0 },
  );
  const difference = differenceOf(got, wanted);
  if (difference) throw damaged(difference.check, difference.finding);
  for (const check of ['row counts', 'schema']) await timed(check, async () => {});

  const unproven: Unproven[] = [];
  let fullCheckAt: string | undefined;
  if (full && content) {
    const { finding, why } = await timed('pg_amcheck', () => amcheck(target, connection, 'all'));
    if (finding !== undefined)
      throw blame?.('pg_amcheck', finding) ?? damaged('pg_amcheck', finding);
    if (why === undefined) fullCheckAt = timings.at(-1)!.at;
    else {
      timings.pop();
      unproven.push({ check: 'pg_amcheck', why });
    }
  }
  return {
    rows: got.tables[fullName(wanted.keyTable)] ?? 0,
    bytes: statSync(file).size,
    sha256,
    schemaHash: got.schemaHash,
    // All of them are in the manifest already: here only what people ask for.
    tables: { [fullName(wanted.keyTable)]: got.tables[fullName(wanted.keyTable)] ?? 0 },
    checks: timings.map((timing) => timing.name),
    ...(unproven.length > 0 && { unproven }),
    timings,
    ...(fullCheckAt !== undefined && { fullCheckAt }),
  };

  function damaged(check: string, finding: string): Error {
    return permanent('BackupDamaged', `Backup "${name}" does not pass ${check}: ${finding}`);
  }
}
