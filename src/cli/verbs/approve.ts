import { Command } from 'commander';
import { login, me } from '../input/me.ts';
import { printJson, say } from '../output/say.ts';
import { onOpenRun } from '../run/on-run.ts';

interface Options {
  readonly step?: string;
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export const approve = () =>
  verb('approve', 'Let a step go on that waits for approval', 'Approved');
export const reject = () => verb('reject', 'Refuse a step that waits for approval', 'Rejected');

function verb(word: 'approve' | 'reject', description: string, past: string): Command {
  return new Command(word)
    .description(description)
    .argument('<run>', 'run id, or any part of it that means one open run')
    .option('--step <step>', 'step id; not needed when only one waits')
    .option('--reason <reason>', 'why, for the report')
    .option('--by <name>', 'who answers: as the target names people', me())
    .option('--json', 'print one JSON object')
    .action(async (part: string, { step, by, reason, json }: Options) => {
      const { answerRun } = await import('../../client/runs/answer-run.ts');
      const { waitingLine } = await import('../output/waiting-line.ts');
      await onOpenRun(part, async (client, run, view) => {
        const line = waitingLine(view, 'approval', step);
        const message = { step: line.id, by, login: login(), reason };
        await answerRun(client, run, { word, message });
        if (json) printJson({ run, word, ...message });
        say(`${past} step ${line.number}, "${line.title}". See it: runbook follow ${run}`);
      });
    });
}
