import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Target } from '../../config/schema/target.ts';
import { differences, findSchedule, ownerOf } from './found-schedules.ts';
import { type ScheduleContext, type WantedSchedule, wantedSchedules } from './wanted-schedules.ts';

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
  {
    find = findSchedule,
    ...context
  }: ScheduleContext & { readonly find?: typeof findSchedule } = {},
): Promise<{ readonly schedules: ScheduleView[]; readonly faults: string[] }> {
  const asked = targets.map((target) => wantedSchedules(target, context));
  const schedules: ScheduleView[] = [];
  // The schedules of a target at once: in turn they take as long as so many ways to the server.
  for (const { schedules: wanted } of asked)
    schedules.push(
      ...(await Promise.all(wanted.map(async (one) => viewOf(one, await find(client, one.id))))),
    );
  return { schedules, faults: asked.flatMap(({ faults }) => faults.map(({ message }) => message)) };
}

function viewOf(wanted: WantedSchedule, found: ScheduleDescription | undefined): ScheduleView {
  const { id, target, runbook, when, timezone } = wanted;
  const facts = { id, target, runbook, when, timezone };
  if (!found || ownerOf(found.memo) === undefined) return { ...facts, state: 'missing', next: [] };
  const { state, info } = found;
  const equal = differences(found, wanted).length === 0;
  return {
    ...facts,
    state: state.paused ? 'paused' : equal ? 'active' : 'differs',
    ...(state.paused && state.note && { note: state.note }),
    next: info.nextActionTimes.slice(0, NEXT).map((time) => time.toISOString()),
  };
}
