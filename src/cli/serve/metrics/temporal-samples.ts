import type { Client } from '@temporalio/client';
import { countWaiting } from '../../../client/runs/list-runs.ts';
import { isOpenRun } from '../../../client/runs/is-open-run.ts';
import { stuckRuns } from '../../../client/runs/stuck/stuck-runs.ts';
import type { Sample } from '../../local/metrics/metrics-text.ts';

/** In ms, for all that is asked. */
const LIMIT_MILLISECONDS = 2000;
/** In ms. Open runs are looked at one by one for it. */
const STUCK_REUSE = 60_000;

/** What only Temporal knows. What it does not say is missing, and hides nothing else. */
export function openTemporalSamples(client: Client, limit = LIMIT_MILLISECONDS) {
  const stuck = new Map<string, { readonly at: number; readonly count: number }>();

  return {
    async samples(targets: readonly string[]): Promise<Sample[]> {
      return within(async () => {
        const isUp = await client.workflowService.getSystemInfo({}).then(
          () => true,
          () => false,
        );
        const up: Sample = { name: 'runbook_temporal_up', labels: {}, value: isUp ? 1 : 0 };
        if (!isUp) return [up];
        const all = targets.flatMap((target) => [
          sample('runbook_runs_waiting', target, countWaiting(client, target)),
          sample('runbook_run_stuck', target, stuckOf(target)),
        ]);
        return [up, ...(await Promise.all(all)).flat()];
      });
    },

    /** Whether one of the runs that have a target has ended. What Temporal does not say is not so. */
    async hasEnded(holders: readonly string[]): Promise<boolean> {
      const open = await within(() =>
        Promise.all(holders.map((run) => isOpenRun(client, run).catch(() => true))),
      );
      return open.includes(false);
    },
  };

  function within<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    return client.withDeadline(Date.now() + limit, ask);
  }

  async function stuckOf(target: string): Promise<number> {
    const known = stuck.get(target);
    if (known && performance.now() - known.at < STUCK_REUSE) return known.count;
    const { length: count } = await stuckRuns(client, [target]);
    stuck.set(target, { at: performance.now(), count });
    return count;
  }
}

async function sample(name: Sample['name'], target: string, count: Promise<number>) {
  try {
    return [{ name, labels: { target }, value: await count }];
  } catch {
    return [];
  }
}
