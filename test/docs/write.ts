/** Writes what the documentation says of runbooks, commands, targets and metrics, and Grafana's dashboard, from what has them: `npm run docs`. test/docs.test.ts compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { grafanaDashboard } from '../../scripts/grafana-dashboard.ts';
import { commandsPage } from './commands-page.ts';
import { formatted } from './formatted.ts';
import { withMetricsTable } from './metrics-table.ts';
import { withRunbookTable } from './readme-table.ts';
import { runbooksPage } from './runbooks-page.ts';
import { targetSchemaText } from './target-schema.ts';

const OBSERVABILITY = 'docs/observability.md';

writeFileSync('README.md', withRunbookTable(readFileSync('README.md', 'utf8')));
for (const [page, text] of [
  ['docs/runbooks.md', runbooksPage()],
  ['docs/commands.md', await commandsPage()],
] as const)
  writeFileSync(page, await formatted(page, text));
writeFileSync(OBSERVABILITY, withMetricsTable(readFileSync(OBSERVABILITY, 'utf8')));
writeFileSync('docs/target.schema.json', targetSchemaText());
writeFileSync('deploy/grafana/dashboards/durable-runbooks.json', grafanaDashboard());
