import { Command } from 'commander';
import { plainLine } from '../../../config/text/plain-text.ts';
import { columns } from '../../../report/columns.ts';
import { positive } from '../../input/positive.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

interface Options {
  readonly target?: string;
  readonly all?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

export const list = () =>
  new Command('list')
    .description('List open incidents, the newest first')
    .option('-t, --target <target>', 'only those of this target')
    .option('--all', 'those that are resolved, too')
    .option('-n, --limit <number>', 'how many', positive, 50)
    .option('--json', 'print one JSON array')
    .action(async ({ target, all = false, limit, json }: Options) => {
      const { listIncidents } = await import('../../../client/incidents/list-incidents.ts');
      const rows = await withClient((client) =>
        listIncidents(client, { target, open: !all, limit }),
      );
      if (json) return printJson(rows);
      if (rows.length === 0) return say(all ? 'No incidents yet' : 'No open incident');
      print(
        columns(
          rows.map(({ openedAt, severity = '', state, id, title = '' }) => [
            `${openedAt.slice(0, 19)}Z`,
            severity,
            state,
            id,
            plainLine(title, 120),
          ]),
        ).join('\n'),
      );
    });
