import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { readStopped, removeStopped } from '../../state/stopped.ts';
import { ask } from './application/ask.ts';

/** What is younger belongs to a stop that may have just begun when it was asked. */
const SETTLED_MILLISECONDS = 60_000;

/**
 * An application that was stopped on purpose and answers was started by hand since: the record is void, as for whoever starts or
 * stops it. Else nobody would hear when it is down the next time.
 */
export async function endStopOfRunning(target: Target): Promise<void> {
  const before = readStopped(target);
  if (!before || Date.now() - Date.parse(before.at) < SETTLED_MILLISECONDS) return;
  const { ok } = await ask(target.app.health, inMilliseconds(target.app.timeout));
  if (ok && readStopped(target)?.run === before.run) removeStopped(target);
}
