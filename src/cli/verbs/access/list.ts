import { resolve } from 'node:path';
import { Command } from 'commander';
import { print, printJson, say } from '../../output/say.ts';
import { dataOption } from './data-option.ts';

export const list = () =>
  new Command('list')
    .description('List who is admitted besides the owner, since when, and by whom')
    .addOption(dataOption())
    .option('--json', 'print one JSON array')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      const { listAccess } = await import('../../../door/access.ts');
      const { columns } = await import('../../../report/columns.ts');
      const all = listAccess(resolve(data)).map(({ login, uid, since, by }) => ({
        login,
        uid,
        since,
        by,
      }));
      if (json) return printJson(all);
      if (all.length === 0) return say('Nobody but the owner of the server is admitted');
      print(columns(all.map(({ login, since, by }) => [login, since, `by ${by}`])).join('\n'));
    });
