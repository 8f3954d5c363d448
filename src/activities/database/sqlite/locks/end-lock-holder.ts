import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import { permanent } from '../../../../os/failure.ts';
import { processTable } from '../../../../os/process/process-table.ts';
import type { EndedLockHolder, LockHolder } from '../../driver.ts';
import { findLockHolders } from './lock-holders.ts';

const CHECK_INTERVAL = 50;

/**
 * Ends a process that holds the lock, if it still is the one that people approved of, and still holds it. SQLite's own
 * sidecars stay: the next opening rolls back what it left unfinished.
 */
export async function endLockHolder(
  target: SqliteTarget,
  approved: LockHolder,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<EndedLockHolder> {
  const { pid, program } = approved;
  if (!(await holds())) {
    return { released: true, changed: false, note: `${program} (process ${pid}) holds it no more` };
  }
  send();
  const timeout = inMilliseconds(target.database.locks.grace);
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(CHECK_INTERVAL))
    if (!(await holds()))
      return {
        released: true,
        changed: true,
        note: `${program} (process ${pid}) released it after ${signal}`,
      };
  return {
    released: false,
    changed: true,
    note: `${program} (process ${pid}) holds it still, ${target.database.locks.grace} after ${signal}`,
  };

  async function holds(): Promise<boolean> {
    const alive = processTable().some(
      (one) => one.pid === pid && one.startTime === approved.startTime && one.alive,
    );
    if (!alive) return false;
    const { blocking } = await findLockHolders(target);
    const now = blocking.find((one) => one.pid === pid);
    if (now && now.role !== 'other')
      throw permanent(
        'NotToBeEnded',
        `${now.note}: it is no process to be ended here (${now.role})`,
      );
    return now !== undefined;
  }

  function send(): void {
    try {
      process.kill(pid, signal);
      // A process that somebody stopped hears TERM only when it goes on.
      if (signal === 'SIGTERM') process.kill(pid, 'SIGCONT');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPERM')
        throw permanent(
          'NotPermitted',
          `Cannot end ${program} (process ${pid}): it belongs to another user`,
        );
      if (code !== 'ESRCH') throw error;
    }
  }
}
