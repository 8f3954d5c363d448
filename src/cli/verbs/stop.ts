import { Command } from 'commander';
import { say } from '../say.ts';
import { withClient } from '../with-client.ts';

export const stop = () =>
  new Command('stop')
    .description('End a run early: the step that runs finishes, the rest is undone')
    .argument('<run>', 'run id, or any part of it that means one run')
    .action(async (part: string) => {
      const { findRun } = await import('../../client/find-run.ts');
      await withClient(async (client) => {
        const run = await findRun(client, part);
        await client.workflow.getHandle(run).cancel();
        say(`Asked "${run}" to stop. See it end: runbook follow ${run}`);
      });
    });
