import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { STATE } from '../../config/border/excess.ts';
import { z } from 'zod';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import { Moment, upTo, WorkflowId } from '../../config/border/texts.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { openBorder } from '../../engine/border/border.ts';
import { parse } from '../../engine/run/parse.ts';
import { liftedSignal } from '../../incident/messages.ts';
import { Hold, MOST_HOLDS } from '../../incident/beside/hold.ts';

const holdSignal = defineSignal<[Hold]>('hold');
const Lift = z.object({ by: WorkflowId });
const liftSignal = defineSignal<[z.infer<typeof Lift>]>('lift');
/** An incident, and until when it waits: ISO 8601, UTC. */
const Waiter = z.object({ incident: WorkflowId, until: Moment });
type Waiter = z.infer<typeof Waiter>;
const waitSignal = defineSignal<[Waiter]>('wait');
const holdsQuery = defineQuery<readonly Hold[]>('holds');

const { 'incidents.report': report } = proxyActivities<IncidentActivities>({
  summary: 'Tell people that a time is over',
  startToCloseTimeout: '30s',
  // What is not reported is not known: it goes on until Temporal answers.
  retry: { maximumInterval: '1m' },
});

/**
 * Holds the alerts of one target back: `suppression/<target>` is open as long as anybody has asked for it. It is a
 * workflow of its own, so that it ends in time even when the run that began it was terminated.
 */
export async function suppression(
  carried: readonly Hold[] = [],
  carriedWaiters: readonly Waiter[] = [],
): Promise<void> {
  const border = openBorder();
  let holds: readonly Hold[] = parse(upTo(MOST_HOLDS, Hold), carried, STATE);
  /** Incidents that page nobody before: they hear when the last hold ends earlier than they expect. */
  let waiting: readonly Waiter[] = parse(upTo(MOST_WAITING, Waiter), carriedWaiters, STATE);
  let changes = 0;
  border.inOrder(() => {
    border.onSignal(holdSignal, Hold, (hold) => {
      const others = holds.filter(({ by }) => by !== hold.by);
      if (others.length >= MOST_HOLDS)
        return border.refuse('hold', `${MOST_HOLDS} hold alerts back already`);
      holds = [...others, { ...hold, until: atMost(hold.until) }];
      changes += 1;
    });
    border.onSignal(liftSignal, Lift, ({ by }) => {
      holds = holds.filter((hold) => hold.by !== by);
      changes += 1;
    });
    border.onSignal(waitSignal, Waiter, (waiter) => {
      const others = waiting.filter(({ incident }) => incident !== waiter.incident);
      if (others.length >= MOST_WAITING)
        return border.refuse('wait', `${MOST_WAITING} incidents wait already`);
      waiting = [...others, waiter];
      // What it was told may be over since.
      changes += 1;
    });
  });
  setHandler(holdsQuery, () => holds, { description: 'Who works on the target, and until when' });
  const isLong = () => workflowInfo().continueAsNewSuggested;

  for (;;) {
    const over = holds.filter(({ until }) => Date.parse(until) <= Date.now());
    holds = holds.filter((hold) => !over.includes(hold));
    for (const { by, tell } of over) if (tell !== undefined) await tellPeople(by, tell);
    const last = lastOf(holds);
    const early = waiting.filter(({ until }) => Date.parse(until) > last);
    waiting = waiting.filter((waiter) => !early.includes(waiter));
    if (early.length > 0) {
      await Promise.all(early.map(lifted));
      continue;
    }
    if (holds.length === 0) return;
    if (isLong()) return continueAsNew<typeof suppression>(holds, waiting);
    const next = Math.min(...holds.map(({ until }) => Date.parse(until)));
    const seen = changes;
    await condition(() => changes !== seen || isLong(), Math.max(next - Date.now(), 1));
  }
}

/** Each is told once, and asks again when it is still held. */
const MOST_WAITING = 1000;

/** Milliseconds since 1970; 0: nobody holds anything back. */
function lastOf(holds: readonly Hold[]): number {
  return Math.max(0, ...holds.map(({ until }) => Date.parse(until)));
}

/** One that is over needs no word. */
async function lifted({ incident }: Waiter): Promise<void> {
  await getExternalWorkflowHandle(incident)
    .signal(liftedSignal, {})
    .catch(() => {});
}

/** Longer than anybody may stop an application on purpose. */
const LONGEST = inMilliseconds('400d');

function atMost(until: string): string {
  const last = Date.now() + LONGEST;
  return Date.parse(until) > last ? new Date(last).toISOString() : until;
}

/** Opens the incident that `start-application` resolves when it is done: it has that runbook's name for its fingerprint. */
async function tellPeople(by: string, tell: string): Promise<void> {
  const { workflowId } = workflowInfo();
  await report({
    target: workflowId.slice('suppression/'.length),
    fingerprint: 'start-application',
    status: 'firing',
    origin: 'run',
    severity: 'sev3',
    title: tell.slice(0, 300),
    details: tell.slice(0, 8000),
    source: by,
    at: new Date().toISOString(),
    hold: '0s',
  });
}
