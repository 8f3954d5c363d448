import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import {
  type EndingStop,
  readStopped,
  settleEndingStop,
  type StopRecord,
  writeEndingStop,
} from '../../state/stopped.ts';
import { driverFor } from '../runtime/driver-for.ts';
import { readStopOrder } from '../runtime/stop-order.ts';

export interface Settled {
  readonly changed: boolean;
  /** Whether it was asked to end at all. */
  readonly ordered: boolean;
  /** Whether it has. */
  readonly ended: boolean;
  /** What people should know, as text. */
  readonly note: string;
}

const PAUSE_MILLISECONDS = 250;

export async function settleStop(
  target: Target,
  record: StopRecord,
  hold: EndingStop['hold'],
): Promise<Settled> {
  const order = await readStopOrder(target);
  if (order?.run !== record.run)
    return { changed: false, ordered: false, ended: false, note: 'It was not asked to end' };
  // Before it is waited for: whatever becomes of us, its end is on record.
  writeEndingStop(target, { since: new Date().toISOString(), record, hold });
  const still = await waited(target);
  const asked = { changed: true, ordered: true } as const;
  if (still === undefined) {
    // The worker may have seen it first, and written it down.
    settleEndingStop(target);
    const is = readStopped(target)?.note ?? 'The time for that is over already';
    return { ...asked, ended: true, note: `It ended after its grace, and stays down. ${is}` };
  }
  const note = [
    `It was asked to end at ${order.begunAt}, which cannot be taken back, and still runs (${still})`,
    'It may end at any moment, and is on record as stopped on purpose then',
    `To end it now: runbook start stop-application -t ${target.name} --force yes. To have it run: runbook start restart-application -t ${target.name}`,
  ];
  return { ...asked, ended: false, note: note.join('. ') };
}

/** What it is like when it has not ended within as long again as its grace. */
async function waited(target: Target): Promise<string | undefined> {
  const driver = driverFor(target);
  const end = performance.now() + inMilliseconds(target.runtime.stopGrace);
  for (;;) {
    const { running, restarting, detail } = await driver.describe();
    if (!running && !restarting) return undefined;
    if (performance.now() >= end) return detail;
    await sleep(PAUSE_MILLISECONDS);
  }
}
