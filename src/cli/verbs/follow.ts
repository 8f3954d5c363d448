import { Command } from 'commander';
import { say } from '../output/say.ts';
import { finish } from '../run/finish.ts';
import { withClient } from '../run/with-client.ts';

export const follow = () =>
  new Command('follow')
    .description('Show a run until it ends; join and leave at any time')
    .argument('<run>', 'run id, or any part of it: the newest that has it')
    .option('--json', 'print the ending as one JSON value')
    .action(async (part: string, { json }: { json?: boolean }) => {
      const { findRun } = await import('../../client/runs/find-run.ts');
      const { followUntilEnd } = await import('../run/follow-until-end.ts');
      await withClient(async (client) => {
        const run = await findRun(client, part, 'newest');
        if (run !== part) say(`Run ${run}`);
        finish(await followUntilEnd(client, run), { json });
      });
    });
