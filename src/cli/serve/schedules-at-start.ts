import type { Client } from '@temporalio/client';
import { missedRuns } from '../../client/schedules/missed-runs.ts';
import { syncSchedules } from '../../client/schedules/sync-schedules.ts';
import type { Target } from '../../config/schema/target.ts';
import { say } from '../output/say.ts';
import { changeLines } from '../output/schedule-lines.ts';

/** What a worker does about schedules when it starts: its targets' are synced, and what was missed meanwhile is reported. */
export async function schedulesAtStart(client: Client, targets: readonly Target[]): Promise<void> {
  const enabled = targets.filter((target) => target.enabled);
  if (enabled.length === 0) return;
  try {
    const { changes, faults } = await syncSchedules(client, enabled);
    for (const line of changeLines(changes.filter(({ what }) => what !== 'keep')))
      say(`Schedules: ${line}`);
    for (const fault of faults) say(`Warning: ${fault}`);
    for (const { sentence } of await missedRuns(client, enabled)) say(`Warning: ${sentence}`);
  } catch (error) {
    // Runs that people start need none of this.
    say(`Warning: Cannot sync the schedules: ${(error as Error).message}`);
  }
}
