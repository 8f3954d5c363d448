import type { Client } from '@temporalio/client';
import type { RunView } from '../../client/runs/view-run.ts';
import { UsageError } from '../../config/usage-error.ts';
import { withClient } from './with-client.ts';

/** Does something to the one open run that `part` means. Error: `UsageError` when it has ended. */
export async function onOpenRun(
  part: string,
  work: (client: Client, run: string, view: RunView) => Promise<void>,
): Promise<void> {
  const { findRun } = await import('../../client/runs/find-run.ts');
  const { viewRun } = await import('../../client/runs/view-run.ts');
  await withClient(async (client) => {
    const run = await findRun(client, part, 'open');
    const view = await viewRun(client, run);
    if (view.status !== 'RUNNING')
      throw new UsageError(`"${run}" has ended already`, `runbook report ${run}`);
    await work(client, run, view);
  });
}
