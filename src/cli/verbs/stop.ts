import { Command } from 'commander';
import { onOpenRun } from '../on-run.ts';
import { printJson, say } from '../say.ts';

export const stop = () =>
  new Command('stop')
    .description('End a run early: its step finishes, all is undone')
    .argument('<run>', 'run id, or any part of it that means one run')
    .option('--json', 'print one JSON object')
    .action(async (part: string, { json }: { json?: boolean }) => {
      await onOpenRun(part, async (client, run) => {
        await client.workflow.getHandle(run).cancel();
        if (json) printJson({ run, asked: 'stop' });
        say(`Asked "${run}" to stop. See it end: runbook follow ${run}`);
      });
    });
