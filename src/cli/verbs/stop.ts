import { Command } from 'commander';
import { login, me } from '../input/me.ts';
import { printJson, say } from '../output/say.ts';
import { onOpenRun } from '../run/on-run.ts';

interface Options {
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export const stop = () =>
  new Command('stop')
    .description('End a run early: its step finishes, all is undone')
    .argument('<run>', 'run id, or any part of it that means one open run')
    .option('--reason <reason>', 'why, for the report')
    .option('--by <name>', 'who asks', me())
    .option('--json', 'print one JSON object')
    .action(async (part: string, { by, reason, json }: Options) => {
      const { stopRun } = await import('../../client/runs/answer-run.ts');
      await onOpenRun(part, async (client, run) => {
        await stopRun(client, run, { by, login: login(), reason });
        if (json) printJson({ run, asked: 'stop', by, reason });
        say(`Asked "${run}" to stop. See it end: runbook follow ${run}`);
      });
    });
