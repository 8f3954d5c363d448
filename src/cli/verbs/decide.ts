import { Command, Option } from 'commander';
import type { Choice } from '../../engine/run/interventions.ts';
import { login, me } from '../input/me.ts';
import { printJson, say } from '../output/say.ts';
import { onOpenRun } from '../run/on-run.ts';

interface Options {
  readonly choice: Choice;
  readonly step?: string;
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export const decide = () =>
  new Command('decide')
    .description('Decide on a step that cannot succeed')
    .argument('<run>', 'run id, or any part of it that means one open run')
    .addOption(
      new Option('--choice <choice>', 'try it again, go on without it, or put everything back')
        .choices(['retry', 'skip', 'undo'])
        .makeOptionMandatory(),
    )
    .option('--step <step>', 'step id; not needed when only one waits')
    .option('--reason <reason>', 'why, for the report')
    .option('--by <name>', 'who decides', me())
    .option('--json', 'print one JSON object')
    .action(async (part: string, { choice, step, by, reason, json }: Options) => {
      const { answerRun } = await import('../../client/runs/answer-run.ts');
      const { waitingLine } = await import('../output/waiting-line.ts');
      await onOpenRun(part, async (client, run, view) => {
        const line = waitingLine(view, 'decision', step);
        const message = {
          step: line.id,
          attempt: line.attempt ?? 1,
          choice,
          by,
          login: login(),
          reason,
        };
        await answerRun(client, run, { word: 'decide', message });
        if (json) printJson({ run, ...message });
        say(
          `Decided: ${choice} step ${line.number}, "${line.title}". See it: runbook follow ${run}`,
        );
      });
    });
