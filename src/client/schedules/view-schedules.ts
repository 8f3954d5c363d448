import type { Client } from '@temporalio/client';
import type { Target } from '../../config/schema/target.ts';
import { differences, findSchedule, ownerOf } from './found-schedules.ts';
import { type ScheduleContext, wantedSchedules } from './wanted-schedules.ts';

export interface ScheduleView {
  /** `<target>/<runbook>`. */
  readonly id: string;
  readonly target: string;
  readonly runbook: string;
  /** For people, such as `first SUNDAY 02:00 UTC`. */
  readonly when: string;
  readonly timezone: string;
  /** `missing`: Temporal does not have it. `differs`: it is not as the target says. */
  readonly state: 'active' | 'paused' | 'differs' | 'missing';
  /** Of the person who paused it. */
  readonly note?: string;
  /** The next five, ISO 8601, UTC. A schedule that is paused has them too, and starts nothing. */
  readonly next: readonly string[];
}

const NEXT = 5;

/** What Temporal has of the schedules that these targets ask for, and what of them is known only as a fault. */
export async function viewSchedules(
  client: Client,
  targets: readonly Target[],
  context: ScheduleContext = {},
): Promise<{ readonly schedules: ScheduleView[]; readonly faults: string[] }> {
  const asked = targets.map((target) => wantedSchedules(target, context));
  const schedules: ScheduleView[] = [];
  for (const wanted of asked.flatMap(({ schedules }) => schedules)) {
    const { id, target, runbook, when, timezone } = wanted;
    const found = await findSchedule(client, id);
    const facts = { id, target, runbook, when, timezone };
    if (!found || ownerOf(found.memo) === undefined) {
      schedules.push({ ...facts, state: 'missing', next: [] });
      continue;
    }
    const { state, info } = found;
    const equal = differences(found, wanted).length === 0;
    schedules.push({
      ...facts,
      state: state.paused ? 'paused' : equal ? 'active' : 'differs',
      ...(state.paused && state.note && { note: state.note }),
      next: info.nextActionTimes.slice(0, NEXT).map((time) => time.toISOString()),
    });
  }
  return { schedules, faults: asked.flatMap(({ faults }) => faults.map(({ message }) => message)) };
}
