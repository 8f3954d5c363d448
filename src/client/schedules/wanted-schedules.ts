import { createHash } from 'node:crypto';
import type { ScheduleOptions } from '@temporalio/client';
import { scheduleText, zoneOf } from '../../config/calendar/schedule-text.ts';
import { inputRefusal } from '../../config/input-refusal.ts';
import { nearest } from '../../config/nearest.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Target } from '../../config/schema/target.ts';
import { detailed, type ScheduleRule } from '../../config/schema/timetable.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { catalogue } from '../catalogue.ts';
import { scheduleSpec } from './schedule-spec.ts';

type Runbooks = typeof catalogue;
type Facts = NonNullable<ReturnType<Runbooks['get']>>;

export interface WantedSchedule {
  /** `<target>/<runbook>`. */
  readonly id: string;
  readonly target: string;
  readonly runbook: string;
  /** For people, such as `first SUNDAY 02:00 UTC`. */
  readonly when: string;
  readonly timezone: string;
  readonly options: Required<Pick<ScheduleOptions, 'spec' | 'action' | 'policies'>>;
  readonly memo: RuleMemo;
}

/** What a schedule was made from. It lies in the memo of the runs that it starts, as nothing else is given back as it was. */
export interface RuleMemo {
  readonly when: string;
  readonly catchUp: Duration;
  readonly paused: boolean;
  /** As JSON. */
  readonly input: string;
  /** Of all that was sent to Temporal. */
  readonly fingerprint: string;
}

export interface ScheduleFault {
  readonly id: string;
  readonly message: string;
}

export interface ScheduleContext {
  /** Default: all there are. */
  readonly runbooks?: Runbooks;
  /** Default `runbooks`. */
  readonly queue?: string;
}

/** For runbooks without a lateness of their own. Temporal's default is a year. */
const CATCH_UP: Duration = '1h';

/**
 * Never two runs of one schedule at a time. One that acts would only wait for the claim, and then do again what has just
 * been done, maybe outside its hours; one that reads would pile up while no worker runs: a single run waits instead.
 */
const OVERLAP = 'SKIP';

/** The schedules that a target's YAML asks for. What cannot be scheduled is reported, and leaves what there is as it is. */
export function wantedSchedules(
  target: Target,
  { runbooks = catalogue, queue = RUNBOOKS_QUEUE }: ScheduleContext = {},
): { readonly schedules: WantedSchedule[]; readonly faults: ScheduleFault[] } {
  const schedules: WantedSchedule[] = [];
  const faults: ScheduleFault[] = [];
  if (!target.enabled) return { schedules, faults };
  for (const [runbook, rule] of Object.entries(target.schedules)) {
    const id = `${target.name}/${runbook}`;
    const facts = runbooks.get(runbook);
    const fault = facts ? faultOf(rule, facts) : unknown(runbook, [...runbooks.keys()]);
    if (fault) faults.push({ id, message: `Cannot schedule "${id}": ${fault}` });
    else schedules.push(wanted(target, runbook, rule, facts!, queue));
  }
  return { schedules, faults };
}

function unknown(runbook: string, known: readonly string[]): string {
  const meant = nearest(runbook, known);
  return `there is no runbook "${runbook}"${meant ? `, did you mean "${meant}"?` : ' here'}`;
}

function faultOf(rule: ScheduleRule, { input, lateness }: Facts): string | undefined {
  const { jitter, ...details } = detailed(rule);
  if (jitter && lateness && inMilliseconds(jitter) >= inMilliseconds(lateness))
    return `its jitter of ${jitter} would make it too late: its runs begin at most ${lateness} late`;
  return inputRefusal({ input }, details.input);
}

function wanted(
  target: Target,
  runbook: string,
  rule: ScheduleRule,
  facts: Facts,
  queue: string,
): WantedSchedule {
  const { name, maintenance } = target;
  const id = `${name}/${runbook}`;
  const { at, catchUp: asked, input = {}, paused } = detailed(rule);
  const window = at === 'window' ? maintenance!.window.duration : undefined;
  const catchUp = asked ?? facts.lateness ?? window ?? CATCH_UP;
  const when = scheduleText(rule, maintenance);
  const action = {
    type: 'startWorkflow',
    workflowType: runbook,
    // Temporal appends the time: `daily-backup/ahgd/due-2026-01-05T01:00:00Z`.
    workflowId: `${runbook}/${name}/due`,
    taskQueue: queue,
    args: [{ target: name, input, by: 'schedule', because: `schedule ${id}`, automatic: true }],
    staticSummary: `${facts.title} of ${name}`,
    staticDetails: `Asked by its schedule: ${when}`,
  } as const;
  const options = {
    spec: scheduleSpec(rule, maintenance),
    policies: { overlap: OVERLAP, catchupWindow: inMilliseconds(catchUp), pauseOnFailure: false },
  } as const;
  const compared = { when, catchUp, paused, input: JSON.stringify(input) };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([options, action, compared]))
    .digest('hex');
  const memo = { ...compared, fingerprint };
  const timezone = zoneOf(rule, maintenance);
  const sent = { ...options, action: { ...action, memo: { schedule: memo } } };
  return { id, target: name, runbook, when, timezone, options: sent, memo };
}
