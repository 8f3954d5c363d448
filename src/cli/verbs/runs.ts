import { Command, Option } from 'commander';
import { columns } from '../../report/columns.ts';
import { positive } from '../input/positive.ts';
import type { Asked } from '../input/run-search.ts';
import { print, printJson, say } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

interface Options extends Asked {
  readonly json?: boolean;
}

const AFTER_HELP = `
States: running (waiting is a part of it: for a person), done, partly, skipped,
failed, undone, stopped; and for runs that could not end by themselves
terminated, canceled, timed_out. Several: --state failed,undone

Examples:
  runbook runs --state waiting                  whom somebody must answer
  runbook runs --since 24h --state failed,undone,terminated
  runbook runs --family recovery --severity sev1 --since 2026-01-01 --json
In Temporal UI the same is a query: docs/temporal-ui.md`;

export const runs = () =>
  new Command('runs')
    .description('List runs, the newest first')
    .option('-t, --target <target>', 'only those of this target')
    .option('-r, --runbook <runbook>', 'only those of this runbook')
    .option('-s, --state <state>', 'only those that run, wait, or ended so')
    .addOption(new Option('--outcome <outcome>', 'the same as --state').conflicts('state'))
    .option('--family <family>', 'only those of runbooks of this family')
    .option('--severity <severity>', 'only those of runbooks of this severity')
    .option('--since <time>', 'only those that started since: 24h, or 2026-01-05')
    .option('--by <name>', 'only those that this person asked for')
    .option('-n, --limit <number>', 'how many', positive, 20)
    .option('--json', 'print one JSON array')
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => {
      const { listRuns } = await import('../../client/runs/list-runs.ts');
      const { runSearch } = await import('../input/run-search.ts');
      const search = runSearch(options);
      const { runs: rows, gaps } = await withClient((client) => listRuns(client, search));
      if (options.json) printJson(rows);
      else if (rows.length > 0)
        print(
          columns(rows.map((row) => [`${row.startedAt.slice(0, 19)}Z`, row.state, row.run])).join(
            '\n',
          ),
        );
      else say(await nothingFound(options));
      say(...gaps);
    });

/** A target may be looked after from elsewhere: that its name is not known here is no error, but may be the reason. */
async function nothingFound({ target, ...options }: Options): Promise<string> {
  const asked = Object.entries({ target, ...options })
    .filter(([name, value]) => value !== undefined && name !== 'limit' && name !== 'json')
    .map(([name, value]) => `--${name} ${value}`);
  const nothing = asked.length === 0 ? 'No runs yet' : `No runs with ${asked.join(' ')}`;
  if (target === undefined) return nothing;
  const { targetNames } = await import('../../config/load/load.ts');
  const { nearest } = await import('../../config/nearest.ts');
  const names = targetNames();
  const close = names.includes(target) ? undefined : nearest(target, names);
  return close === undefined ? nothing : `${nothing}: did you mean "${close}"?`;
}
