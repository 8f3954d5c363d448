import { Command } from 'commander';
import { print, printJson } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

export const explain = () =>
  new Command('explain')
    .description('Say in a sentence what a run does, or whom it waits for')
    .argument('<run>', 'run id, or any part of it that means one run')
    .option('--json', 'print one JSON object')
    .action(async (part: string, { json }: { json?: boolean }) => {
      const { explainRun } = await import('../../client/runs/explain-run.ts');
      const { findRun } = await import('../../client/runs/find-run.ts');
      await withClient(async (client) => {
        const { run, sentence, retrying } = await explainRun(client, await findRun(client, part));
        if (json) return printJson({ run, sentence, retrying });
        print(sentence);
        for (const { activity, attempt, message } of retrying)
          print(`  ${activity}, attempt ${attempt}: ${message}`);
      });
    });
