import { Command } from 'commander';
import { login, me } from '../input/me.ts';
import { printJson, say } from '../output/say.ts';
import { onOpenRun } from '../run/on-run.ts';

interface Options {
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

export const pause = () =>
  verb(
    'pause',
    'Let a run start no further step',
    'it starts no further step. Go on: runbook resume',
  );
export const resume = () =>
  verb('resume', 'Let a paused run go on', 'it goes on. See it: runbook follow');

/** A signal: it is kept until a worker runs, if none does now. */
function verb(word: 'pause' | 'resume', description: string, then: string): Command {
  return new Command(word)
    .description(description)
    .argument('<run>', 'run id, or any part of it that means one open run')
    .option('--reason <reason>', 'why, for the report')
    .option('--by <name>', 'who asks', me())
    .option('--json', 'print one JSON object')
    .action(async (part: string, { by, reason, json }: Options) => {
      const { controlRun } = await import('../../client/runs/answer-run.ts');
      await onOpenRun(part, async (client, run) => {
        await controlRun(client, run, word, { by, login: login(), reason });
        if (json) printJson({ run, word, by, reason });
        say(`Asked: ${then} ${run}`);
      });
    });
}
