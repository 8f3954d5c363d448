import { families, type Family } from '../../src/cli/local/metrics/families.ts';
import { withTable } from './with-table.ts';

/** docs/observability.md with the table of all metrics in its place. */
export function withMetricsTable(page: string): string {
  const rows = Object.entries<Family>(families).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return withTable(page, 'Metrics', [['metric', 'type', 'labels', 'meaning'], ...rows]);
}
