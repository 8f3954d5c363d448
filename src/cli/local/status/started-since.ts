import { ask } from '../../../activities/health/application/ask.ts';
import { whyClosed } from '../../../activities/runtime/door/door.ts';
import { driverFor } from '../../../activities/runtime/driver-for.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { readStopped, type Stopped } from '../../../state/stopped.ts';

/** What is younger belongs to a stop that may have just begun when it was asked. */
const SETTLED_MILLISECONDS = 60_000;

export interface StartedSince {
  readonly stopped: Stopped;
  /** What may have started it, beside people: a sentence without its period. */
  readonly startsAgain?: string;
  /** Why its proxy keeps users out yet: likewise. */
  readonly closed?: string;
}

/**
 * The record of a stop that is void: the application was started since, by hand or by Docker. It runs, and answers: something else may answer on its
 * port, such as a page that says when it comes back, and what runs may be only about to.
 */
export async function startedSince(target: Target): Promise<StartedSince | undefined> {
  const stopped = readStopped(target);
  if (!stopped || Date.now() - Date.parse(stopped.at) < SETTLED_MILLISECONDS) return undefined;
  const { running, startsAgain } = await driverFor(target).describe();
  if (!running) return undefined;
  const { ok } = await ask(target.app.health, inMilliseconds(target.app.timeout));
  if (!ok) return undefined;
  const closed = whyClosed(target);
  return {
    stopped,
    ...(startsAgain !== undefined && { startsAgain }),
    ...(closed !== undefined && { closed }),
  };
}
