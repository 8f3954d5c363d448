import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { ask } from '../../health/application/ask.ts';
import { connectionsOf } from '../../health/application/connections.ts';
import { type Replica } from '../../runtime/compose/replicas/replicas-of.ts';
import { nameOf } from '../../runtime/compose/replicas/set-count.ts';

const PAUSE = 250;
/** One that is closed may be followed by another at once. */
const IN_A_ROW = 2;

/** Asks a replica for its health, past the proxy, until a 2xx comes. Error: `NotReady`, with the last answer. */
export async function expectHealthy(
  { app }: Pick<Target, 'app'>,
  replica: Replica,
): Promise<{ readonly note: string }> {
  const url = healthOf(app.health, replica);
  const begin = performance.now();
  for (;;) {
    const { ok, text, seconds } = await ask(url, inMilliseconds(app.timeout));
    if (ok) return { note: `${nameOf(replica)}: ${text} in ${Math.round(seconds * 1000)} ms` };
    if (performance.now() - begin >= inMilliseconds(app.ready.within))
      throw permanent(
        'NotReady',
        `Expected 2xx from ${nameOf(replica)} within ${app.ready.within}: got ${text}`,
      );
    await sleep(PAUSE);
  }
}

/** The same of several, one after the other. */
export async function expectAllHealthy(
  target: Pick<Target, 'app'>,
  replicas: readonly Replica[],
): Promise<readonly string[]> {
  const notes = [];
  for (const replica of replicas) notes.push((await expectHealthy(target, replica)).note);
  return notes;
}

function healthOf(health: string, replica: Replica): string {
  if (replica.address === undefined)
    throw passing('NotReady', `${nameOf(replica)} does not run, or publishes no port`);
  const url = new URL(health);
  // As the proxy speaks to it.
  url.protocol = 'http:';
  url.host = replica.address;
  return url.href;
}

/** Waits until nobody is connected to a replica, or the grace is over that began at `since`. */
export async function awaitIdleOf(
  target: Target,
  replica: Replica,
  since: string,
): Promise<{ readonly note: string }> {
  const { grace } = target.proxy!.replicas!;
  const begin = Date.parse(since);
  if (Number.isNaN(begin)) throw permanent('InvalidInput', `Expected a time, got "${since}"`);
  const end = Math.min(begin, Date.now()) + inMilliseconds(grace);
  for (let row = 0; ;) {
    const left = connectionsOf(target, [replica.pid])?.established;
    row = left === 0 ? row + 1 : 0;
    if (row === IN_A_ROW) return { note: `${nameOf(replica)}: nobody is connected` };
    if (Date.now() >= end)
      return {
        note:
          left === undefined
            ? `${nameOf(replica)}: its connections cannot be seen: waited for the grace of ${grace}`
            : `${nameOf(replica)}: ${countText(left, 'connection')} left after the grace of ${grace}: cut`,
      };
    await sleep(PAUSE);
  }
}
