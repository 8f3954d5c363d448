import { setTimeout as sleep } from 'node:timers/promises';
import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import { processTable } from '../../os/process/process-table.ts';
import { applicationPids } from '../database/sqlite/locks/lock-holders.ts';
import { connectionsOf } from '../health/application/connections.ts';

export interface Idle {
  /** Connections that are there yet, and will be cut. Missing: nobody can tell. */
  readonly left?: number;
  readonly note: string;
}

const PAUSE = 250;
/** One that is closed may be followed by another at once. */
const IN_A_ROW = 2;

/** Waits until nobody is connected to the application, until the grace is over that began at `since`: a try after a crash goes on with it. */
export async function awaitIdle(target: Target, since: string): Promise<Idle> {
  const grace = target.proxy?.drain?.grace;
  if (grace === undefined)
    return { left: 0, note: 'Not applicable: the target names no "proxy.drain"' };
  const begin = Date.parse(since);
  if (Number.isNaN(begin)) throw permanent('InvalidInput', `Expected a time, got "${since}"`);
  const end = Math.min(begin, Date.now()) + inMilliseconds(grace);
  for (let row = 0; ;) {
    const left = await connected(target);
    row = left === 0 ? row + 1 : 0;
    if (row === IN_A_ROW) return { left: 0, note: `Nobody is connected after ${passed(begin)}` };
    if (Date.now() >= end) return over(left, grace);
    await sleep(PAUSE);
  }
}

function over(left: number | undefined, grace: string): Idle {
  if (left === undefined)
    return { note: `Its connections cannot be seen from here: waited for the grace of ${grace}` };
  if (left === 0) return { left, note: `Nobody is connected after the grace of ${grace}` };
  return { left, note: `${countText(left, 'connection')} left after the grace of ${grace}: cut` };
}

async function connected(target: Target): Promise<number | undefined> {
  const pids = await applicationPids(target, processTable());
  return connectionsOf(target, [...pids])?.established;
}

function passed(begin: number): string {
  return `${Math.max(0, Math.round((Date.now() - begin) / 100) / 10)} s`;
}
