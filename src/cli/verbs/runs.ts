import { Command } from 'commander';
import { columns } from '../../report/columns.ts';
import { positive } from '../positive.ts';
import { print, printJson, say } from '../say.ts';
import { withClient } from '../with-client.ts';

interface Options {
  readonly target?: string;
  readonly runbook?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export const runs = () =>
  new Command('runs')
    .description('List runs, the newest first')
    .option('-t, --target <target>', 'only those of this target')
    .option('-r, --runbook <runbook>', 'only those of this runbook')
    .option('-n, --limit <number>', 'how many', positive, 20)
    .option('--json', 'print one JSON array')
    .action(async ({ target, runbook, limit, json }: Options) => {
      const { listRuns } = await import('../../client/list-runs.ts');
      const { expectRunbook } = await import('../expect-runbook.ts');
      if (runbook) expectRunbook(runbook);
      const rows = await withClient((client) => listRuns(client, { target, runbook, limit }));
      if (json) return printJson(rows);
      if (rows.length === 0)
        return say(
          ['No runs yet', runbook && `of ${runbook}`, target && `of target "${target}"`]
            .filter(Boolean)
            .join(' '),
        );
      print(
        columns(rows.map((row) => [`${row.startedAt.slice(0, 19)}Z`, row.state, row.run])).join(
          '\n',
        ),
      );
    });
