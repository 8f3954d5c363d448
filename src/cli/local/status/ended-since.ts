import { driverFor } from '../../../activities/runtime/driver-for.ts';
import type { Target } from '../../../config/schema/target.ts';
import { type EndingStop, readEndingStop } from '../../../state/stopped.ts';

/** What was asked to end on purpose, and has ended since its run gave up. */
export async function endedSince(target: Target): Promise<EndingStop | undefined> {
  const ending = readEndingStop(target);
  if (!ending) return undefined;
  const { running, restarting } = await driverFor(target).describe();
  return running || restarting ? undefined : ending;
}
