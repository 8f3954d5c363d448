import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, cancellationSignal, getClient, heartbeat } from '@temporalio/activity';
import { unreachableErrorOf } from '../../client/connection/unreachable-error-of.ts';
import { viewServing } from '../../client/serving/view-serving.ts';
import { isAdmission, type RunOrigin } from '../../config/run-origin.ts';
import type { Target } from '../../config/schema/target.ts';
import { EMPTY, goesOnElsewhere, type Serving, type ServingWorker } from '../../config/serving.ts';
import { type Here, movedPlace, replacedState, wrongPlace } from '../../state/place.ts';

/** So long it counts who serves the target: a host that slept longer asks before it does anything. */
const FRESH_MILLISECONDS = 2000;
const AGAIN_MILLISECONDS = 1000;

/**
 * Refuses what another place must do, by the activity that is under way. A run that began somewhere goes on there, or where its place was
 * carried to; one that is to begin does where the target is served. Error: `WrongPlace`.
 */
export function openRightPlace() {
  let known: { readonly serving: Serving; readonly at: number } | undefined;

  return async (
    target: Target,
    here: Here | undefined,
    origin: RunOrigin,
    [about]: readonly unknown[],
  ): Promise<void> => {
    const { activityType } = activityInfo();
    const isLocating = activityType === 'target.locate';
    const type = isLocating ? String(about) : activityType;
    const passes = { passes: isLocating };
    if (origin.place !== undefined) {
      if (here && origin.place === here.place) {
        const { last } = await lately(target);
        if (last && goesOnElsewhere(last, here.place))
          throw wrongPlace(target, `"${type}" of a run that ${nameOf(last)} goes on with`, passes);
        return;
      }
      if (here?.carried.includes(origin.place)) return;
      const { before } = await lately(target);
      if (before?.place === origin.place && !isHere(before, target))
        throw movedPlace(target, type, before, passes);
      throw wrongPlace(target, `"${type}" of a run that began on the other`, passes);
    }
    // A worker that nobody let in, or that slept while people moved the target, begins no run.
    if (!isAdmission(type)) return;
    const { workers, last } = await asked(target);
    if (!last || workers.length === 0 || last.place === here?.place) return;
    if (last.pid === process.pid && last.hostname === hostname() && last.state === target.state)
      throw replacedState(target, passes);
    throw wrongPlace(target, `a new run, which ${nameOf(last)} must take`, passes);
  };

  async function lately(target: Target): Promise<Serving> {
    const age = known ? Date.now() - known.at : Infinity;
    return known && age >= 0 && age < FRESH_MILLISECONDS ? known.serving : asked(target);
  }

  async function asked({ name }: Target): Promise<Serving> {
    const at = Date.now();
    const serving = (await untilAnswered(() => viewServing(getClient(), name))) ?? EMPTY;
    known = { serving, at };
    return serving;
  }
}

/** A server that starts anew costs no try: until it answers, or says that the attempt is given up, nothing is begun. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const heartbeats = setInterval(heartbeat, 2000);
  try {
    for (;;)
      try {
        return await ask();
      } catch (error) {
        if (!unreachableErrorOf(error, getClient())) throw error;
        await sleep(AGAIN_MILLISECONDS, undefined, { signal: cancellationSignal() });
      }
  } finally {
    clearInterval(heartbeats);
  }
}

/** Its state directory was replaced, and it never moved. */
function isHere(before: ServingWorker, { state }: Target): boolean {
  return before.hostname === hostname() && before.state === state;
}

function nameOf({ pid, hostname: host, state }: ServingWorker): string {
  return `process ${pid} on host "${host}" (state in "${state}")`;
}
