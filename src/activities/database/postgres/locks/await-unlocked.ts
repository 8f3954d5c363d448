import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { awaitFree, expectFree } from '../../await-free.ts';
import type { Examination, LockHolders, Unlocked } from '../../driver.ts';
import { quotedName } from '../content/read-content.ts';
import { type PostgresConnection } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';
import { lockHolders } from './sessions.ts';

type Of = Pick<PostgresTarget, 'database'>;

const BETWEEN_TRIES = 100;

/** Finds who keeps others from writing, without a lock of its own. */
export async function findLockHolders(
  target: Of,
  connection: PostgresConnection,
): Promise<LockHolders> {
  return withClient(connection, async (client) => holdersText(await lockHolders(client, target)));
}

function holdersText(blocking: LockHolders['blocking']): LockHolders {
  const note =
    blocking.length > 0
      ? blocking.map((one) => one.note).join('; ')
      : 'Nobody keeps others waiting';
  return { blocking, note };
}

/**
 * Tries to take the lock that a write takes, on the key table, and gives it back at once, until that works and nobody else waits for long, or
 * the policy's `wait` is over. No row is written.
 */
export async function awaitUnlocked(
  target: Of,
  connection: PostgresConnection,
  examined?: Pick<Examination, 'verdict' | 'finding'>,
): Promise<Unlocked> {
  const { wait } = target.database.locks;
  return withClient(connection, (client) =>
    awaitFree({
      name: connection.database,
      examined,
      wait,
      between: BETWEEN_TRIES,
      async isFree() {
        const now = holdersText(await lockHolders(client, target));
        return now.blocking.length === 0 && (await canWrite(client, target)) ? true : now;
      },
    }),
  );
}

/** Demands that it is free. Error: `StillLocked`. */
export async function expectUnlocked(
  target: Of,
  connection: PostgresConnection,
): Promise<{ readonly note: string }> {
  return expectFree(connection.database, await awaitUnlocked(target, connection));
}

async function canWrite(client: pg.Client, { database }: Of): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query(`lock table ${quotedName(database.keyTable)} in row exclusive mode nowait`);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error;
    return false;
  } finally {
    await client.query('rollback');
  }
}
