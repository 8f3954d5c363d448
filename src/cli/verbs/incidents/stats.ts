import { Command } from 'commander';
import { positive } from '../../input/positive.ts';
import { since as sinceOf } from '../../input/since.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

interface Options {
  readonly target?: string;
  readonly since: string;
  readonly limit: number;
  readonly csv?: boolean;
  readonly html?: boolean;
  readonly json?: boolean;
}

export const stats = () =>
  new Command('stats')
    .description(
      'How quick people were: mean times to acknowledge and to resolve, by severity and by cause',
    )
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--since <time>', 'opened since then, such as 30d or 2026-01-05', '90d')
    .option('-n, --limit <number>', 'of how many at most, the newest first', positive, 5000)
    .option('--csv', 'print CSV, times in seconds')
    .option('--html', 'print one HTML file, with plots')
    .option('--json', 'print one JSON object, times in milliseconds')
    .action(async ({ target: name, since: text, limit, csv, html, json }: Options) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const { allIncidents } = await import('../../../client/incidents/all-incidents.ts');
      const { incidentStats } = await import('../../../report/incident/incident-stats.ts');
      const { statsCsv, statsText } = await import('../../../report/incident/stats-text.ts');
      const target = targetFor(name).name;
      const from = sinceOf(text, 'runbook incidents stats --since 90d');
      const { incidents, unread } = await withClient((client) =>
        allIncidents(client, target, from, limit),
      );
      if (unread > 0) say(`${unread} could not be read, and are not counted`);
      const counted = incidentStats(incidents);
      if (json) return printJson(counted);
      if (csv) return print(statsCsv(counted).trimEnd());
      if (html) {
        const { statsHtml } = await import('../../../report/incident/stats-html.ts');
        const span = { from: from.getTime(), to: Date.now() };
        return print(statsHtml(`Incidents of ${target}`, incidents, span));
      }
      if (counted.all.count === 0)
        return say(`No incident of ${target} since ${from.toISOString()}`);
      print(statsText(counted));
    });
