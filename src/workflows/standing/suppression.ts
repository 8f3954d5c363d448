import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { STATE } from '../../config/border/excess.ts';
import { z } from 'zod';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import { upTo, WorkflowId } from '../../config/border/texts.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { openBorder } from '../../engine/border/border.ts';
import { parse } from '../../engine/run/parse.ts';
import { Hold, MOST_HOLDS } from '../../incident/beside/hold.ts';
import { atMost, lifted, MOST_WAITING, Waiter, waitSignal, withWaiter } from './waiters.ts';

const holdSignal = defineSignal<[Hold]>('hold');
const Lift = z.object({ by: WorkflowId });
const liftSignal = defineSignal<[z.infer<typeof Lift>]>('lift');
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
      holds = [...others, { ...hold, until: atMost(hold.until, LONGEST) }];
      changes += 1;
    });
    border.onSignal(liftSignal, Lift, ({ by }) => {
      holds = holds.filter((hold) => hold.by !== by);
      changes += 1;
    });
    border.onSignal(waitSignal, Waiter, (waiter) => {
      const next = withWaiter(waiting, waiter);
      if (!next) return border.refuse('wait', `${MOST_WAITING} incidents wait already`);
      waiting = next;
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
      await lifted(early);
      continue;
    }
    if (holds.length === 0) return;
    if (isLong()) return continueAsNew<typeof suppression>(holds, waiting);
    const next = Math.min(...holds.map(({ until }) => Date.parse(until)));
    const seen = changes;
    await condition(() => changes !== seen || isLong(), Math.max(next - Date.now(), 1));
  }
}

/** Milliseconds since 1970; 0: nobody holds anything back. */
function lastOf(holds: readonly Hold[]): number {
  return Math.max(0, ...holds.map(({ until }) => Date.parse(until)));
}

/** Longer than anybody may stop an application on purpose. */
const LONGEST = inMilliseconds('400d');

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
