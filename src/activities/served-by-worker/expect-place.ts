import { hostname } from 'node:os';
import { activityInfo, getClient } from '@temporalio/activity';
import { viewServing } from '../../client/serving/view-serving.ts';
import { isAdmission, type RunOrigin } from '../../config/run-origin.ts';
import type { Target } from '../../config/schema/target.ts';
import { replacedState, wrongPlace } from '../../state/place.ts';

/**
 * Refuses what another place must do, by the activity that is under way. A run that began somewhere goes on there; one that is to
 * begin does where the target is served. Error: `WrongPlace`.
 */
export async function expectRightPlace(
  target: Target,
  here: string | undefined,
  origin: RunOrigin,
  [about]: readonly unknown[],
): Promise<void> {
  const { activityType } = activityInfo();
  const isLocating = activityType === 'target.locate';
  const type = isLocating ? String(about) : activityType;
  const passes = { passes: isLocating };
  if (origin.place !== undefined) {
    if (origin.place !== here)
      throw wrongPlace(target, `"${type}" of a run that began on the other`, passes);
    return;
  }
  // A worker that nobody let in, or that slept while people moved the target, begins no run.
  if (!isAdmission(type)) return;
  const { workers = [], last } = (await viewServing(getClient(), target.name)) ?? {};
  if (!last || workers.length === 0 || last.place === here) return;
  if (last.pid === process.pid && last.hostname === hostname() && last.state === target.state)
    throw replacedState(target, passes);
  const other = `process ${last.pid} on host "${last.hostname}" (state in "${last.state}")`;
  throw wrongPlace(target, `a new run, which ${other} must take`, passes);
}
