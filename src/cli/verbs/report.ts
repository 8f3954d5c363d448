import { Command, Option } from 'commander';
import { print, printJson } from '../say.ts';
import { withClient } from '../with-client.ts';

export const report = () =>
  new Command('report')
    .description('Tell how a run stands, or how it ended')
    .argument('<run>', 'run id, or any part of it that means one run')
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'),
    )
    .option('--json', 'the same as --format json')
    .action(async (part: string, { format, json }: { format: string; json?: boolean }) => {
      const { findRun } = await import('../../client/find-run.ts');
      const { viewRun } = await import('../../client/view-run.ts');
      const { runText } = await import('../../report/run-text.ts');
      await withClient(async (client) => {
        const view = await viewRun(client, await findRun(client, part));
        if (json || format === 'json') printJson(view);
        else print(runText(view, process.stdout));
      });
    });
