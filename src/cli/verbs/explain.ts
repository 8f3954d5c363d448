import { Command } from 'commander';
import { print, printJson, say } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

export const explain = () =>
  new Command('explain')
    .description('Say in a sentence what a run does, or whom it waits for')
    .argument('<run>', 'run id, or any part of it: the newest that has it')
    .option('--json', 'print one JSON object')
    .action(async (part: string, { json }: { json?: boolean }) => {
      const { explainRun } = await import('../../client/runs/explain-run.ts');
      const { findRun } = await import('../../client/runs/find-run.ts');
      await withClient(async (client) => {
        const found = await findRun(client, part, 'newest');
        const { run, sentence, retrying } = await explainRun(client, found);
        if (json) return printJson({ run, sentence, retrying });
        if (run !== part) say(`Run ${run}`);
        print(sentence);
        for (const { activity, attempt, message } of retrying)
          print(`  ${activity}, attempt ${attempt}: ${message}`);
      });
    });
