import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import { permanent } from '../../../../os/failure.ts';
import type { EndedLockHolder, LockHolder } from '../../driver.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';
import { lockHolders } from './sessions.ts';

const CHECK_INTERVAL = 100;

/**
 * Ends what a session does, and then the session: `SIGTERM` is pg_cancel_backend, `SIGKILL` pg_terminate_backend. A real signal 9 would make
 * the server end all its sessions and recover: it is never sent. Only who still is the one that people approved of, and still holds the lock.
 */
export async function endLockHolder(
  target: Pick<PostgresTarget, 'database'>,
  connection: PostgresConnection,
  { pid, startTime, program }: LockHolder,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<EndedLockHolder> {
  const { grace } = target.database.locks;
  const who = `${program} (backend ${pid})`;
  const [ask, done] =
    signal === 'SIGTERM'
      ? ['pg_cancel_backend', 'its statement was cancelled']
      : ['pg_terminate_backend', 'its session was ended'];
  return withClient(connection, async (client) => {
    if (!(await holds(client)))
      return { released: true, changed: false, note: `${who} holds it no more` };
    await client.query(`select ${ask}($1)`, [pid]);
    for (
      const end = Date.now() + inMilliseconds(grace);
      Date.now() < end;
      await sleep(CHECK_INTERVAL)
    )
      if (!(await holds(client)))
        return { released: true, changed: true, note: `${who} released it after ${done}` };
    return {
      released: false,
      changed: true,
      note: `${who} holds it still, ${grace} after ${done}`,
    };
  });

  async function holds(client: pg.Client): Promise<boolean> {
    const now = (await lockHolders(client, target)).find(
      (one) => one.pid === pid && one.startTime === startTime,
    );
    if (now && now.role !== 'other')
      throw permanent(
        'NotToBeEnded',
        `${now.note}: it is no session to be ended here (${now.role})`,
      );
    return now !== undefined;
  }
}
