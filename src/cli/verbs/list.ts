import { Command } from 'commander';
import { countText } from '../../config/text/count-text.ts';
import { columns } from '../../report/columns.ts';
import { print, printJson } from '../output/say.ts';

export const list = () =>
  new Command('list')
    .description('List the runbooks there are')
    .option('--json', 'print one JSON array')
    .action(async ({ json }: { json?: boolean }) => {
      const { catalogue } = await import('../../client/catalogue.ts');
      const rows = [...catalogue].map(
        ([name, { title, purpose, family, severity, kind, expected, plan }]) => ({
          name,
          title,
          purpose,
          family,
          severity,
          kind,
          expected,
          plan: Object.values(plan),
        }),
      );
      if (json) return printJson(rows);
      const lines = columns(
        rows.map(({ name, purpose, family, severity, expected, plan }) => [
          name,
          family,
          severity,
          countText(plan.length, 'step'),
          `within ${expected}`,
          purpose,
        ]),
      );
      print(lines.join('\n'));
    });
