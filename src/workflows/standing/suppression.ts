import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import type { Hold } from '../../incident/hold.ts';

const holdSignal = defineSignal<[Hold]>('hold');
const liftSignal = defineSignal<[Pick<Hold, 'by'>]>('lift');
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
export async function suppression(): Promise<void> {
  let holds: readonly Hold[] = [];
  let changes = 0;
  setHandler(holdSignal, (hold) => {
    holds = [...holds.filter(({ by }) => by !== hold.by), hold];
    changes += 1;
  });
  setHandler(liftSignal, ({ by }) => {
    holds = holds.filter((hold) => hold.by !== by);
    changes += 1;
  });
  setHandler(holdsQuery, () => holds, { description: 'Who works on the target, and until when' });

  for (;;) {
    const over = holds.filter(({ until }) => Date.parse(until) <= Date.now());
    holds = holds.filter((hold) => !over.includes(hold));
    for (const { by, tell } of over) if (tell !== undefined) await tellPeople(by, tell);
    if (holds.length === 0) return;
    const next = Math.min(...holds.map(({ until }) => Date.parse(until)));
    const seen = changes;
    await condition(() => changes !== seen, Math.max(next - Date.now(), 1));
  }
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
