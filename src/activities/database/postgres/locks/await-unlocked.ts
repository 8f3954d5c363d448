import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { countText } from '../../../../config/text/count-text.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import { permanent } from '../../../../os/failure.ts';
import type { Examination, LockHolders, Unlocked } from '../../driver.ts';
import { quotedName } from '../content/read-content.ts';
import { type PostgresConnection } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';
import { lockHolders } from './sessions.ts';

type Of = Pick<PostgresTarget, 'database'>;

const BETWEEN_TRIES = 100;
/** So many in a row: a lock that is only busy lets one through now and then. */
const ENOUGH = 5;

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
  if (examined?.verdict === 'damaged')
    throw permanent(
      'DatabaseDamaged',
      `"${connection.database}" is damaged (${examined.finding}), which no waiting helps: start database-recovery`,
    );
  const end = Date.now() + inMilliseconds(target.database.locks.wait);
  return withClient(connection, async (client) => {
    let tries = 0;
    let refused = 0;
    let seen: LockHolders | undefined;
    for (let inRow = 0; inRow < ENOUGH; await sleep(BETWEEN_TRIES)) {
      tries += 1;
      const now = holdersText(await lockHolders(client, target));
      if (now.blocking.length === 0 && (await canWrite(client, target))) {
        inRow += 1;
        continue;
      }
      inRow = 0;
      refused += 1;
      if (!seen?.blocking.length) seen = now;
      if (Date.now() > end) return { free: false, tries, refused, ...now };
    }
    const text =
      refused > 0
        ? `Free after ${refused} of ${countText(tries, 'try', 'tries')}: it was ${seen?.note}`
        : 'Free';
    return { free: true, tries, refused, blocking: [], note: text };
  });
}

/** Demands that it is free. Error: `StillLocked`. */
export async function expectUnlocked(
  target: Of,
  connection: PostgresConnection,
): Promise<{ readonly note: string }> {
  const now = await awaitUnlocked(target, connection);
  if (now.free) return { note: now.note };
  const spared = now.blocking.some(({ role }) => role === 'backup');
  throw permanent(
    'StillLocked',
    `"${connection.database}" is still locked: ${now.note}. ${spared ? 'A backup is let end: start this again when it has' : 'Start this again'}`,
  );
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
