import { Command } from 'commander';
import { UsageError } from '../../config/usage-error.ts';
import { printJson, say } from '../say.ts';
import { withClient } from '../with-client.ts';

export const stop = () =>
  new Command('stop')
    .description('End a run early: its step finishes, all is undone')
    .argument('<run>', 'run id, or any part of it that means one run')
    .option('--json', 'print one JSON object')
    .action(async (part: string, { json }: { json?: boolean }) => {
      const { findRun } = await import('../../client/find-run.ts');
      await withClient(async (client) => {
        const run = await findRun(client, part);
        const handle = client.workflow.getHandle(run);
        const { status } = await handle.describe();
        if (status.name !== 'RUNNING')
          throw new UsageError(`"${run}" has ended already`, `runbook report ${run}`);
        await handle.cancel();
        if (json) printJson({ run, asked: 'stop' });
        say(`Asked "${run}" to stop. See it end: runbook follow ${run}`);
      });
    });
