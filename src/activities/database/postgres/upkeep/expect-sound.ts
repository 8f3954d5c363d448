import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import type { Soundness } from '../../driver.ts';
import { examine } from '../examine.ts';
import { amcheck } from '../proof/amcheck.ts';
import { readContent } from '../content/read-content.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { isDamage } from '../server/failure-for.ts';
import { withClient } from '../server/with-client.ts';

type Of = Pick<PostgresTarget, 'database' | 'state'>;

/**
 * Reads every row, so that the server checks each page's checksum, and compares all indexes with their tables by pg_amcheck, where it is to be
 * had. Errors: `DatabaseCorrupt`.
 */
export async function expectSound(target: Of, connection: PostgresConnection): Promise<Soundness> {
  const { verdict, finding } = await examine(target, connection);
  if (verdict === 'damaged') throw corrupt(connection, finding);
  try {
    await withClient(connection, (client) => readContent(client, target.database.keyTable), {
      statement: 0,
    });
  } catch (error) {
    if (isDamage(error)) throw corrupt(connection, (error as Error).message);
    throw error;
  }
  const checked = await amcheck(target, connection, 'all');
  if (checked.finding !== undefined) throw corrupt(connection, checked.finding);
  const unclear = verdict === 'unclear' ? [{ check: 'examine', why: finding.slice(0, 300) }] : [];
  if (checked.why === undefined)
    return {
      checks: ['rows read', 'pg_amcheck'],
      ...(unclear.length > 0 && { unproven: unclear }),
      note: 'Every row was read, and every index compared with its table',
    };
  return {
    checks: ['rows read'],
    unproven: [...unclear, { check: 'pg_amcheck', why: checked.why }],
    note: `Every row was read. No index was compared with its table: ${checked.why}`,
  };
}

export async function expectQuickCheck(
  target: Of,
  connection: PostgresConnection,
): Promise<{ readonly finding: string }> {
  const { verdict, finding } = await examine(target, connection);
  if (verdict === 'damaged') throw corrupt(connection, finding);
  return { finding };
}

function corrupt({ database }: PostgresConnection, finding: string): Error {
  return permanent('DatabaseCorrupt', `"${database}" is damaged: ${finding}`);
}
