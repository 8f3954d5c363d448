import type { Client } from '@temporalio/client';
import type { StuckRun } from '../../../client/runs/stuck/stuck-runs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { reportOwn, reportOwnOver } from '../own-incident.ts';

const KIND = { fingerprint: 'stuck-runs', severity: 'sev2' } as const;

/** Opens an incident of the target, or says to the one that is open what stands still now. It may hold the target while that is down. */
export function reportStuck(
  client: Client,
  target: Target,
  stuck: readonly StuckRun[],
  queue?: string,
): Promise<void> {
  const count = stuck.length;
  const title = `${countText(count, 'run')} of "${target.name}" ${count === 1 ? 'does' : 'do'} not go on`;
  const details = stuck.map(({ run, reason }) => `${run}: ${reason}`).join('\n');
  return reportOwn(client, target, { ...KIND, title, details }, queue);
}

export function reportStuckOver(client: Client, target: Target): Promise<void> {
  return reportOwnOver(client, target, { ...KIND, title: `Every run of "${target.name}" goes on` });
}
