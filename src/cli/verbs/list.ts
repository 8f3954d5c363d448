import { Command } from 'commander';
import { print, printJson } from '../say.ts';

export const list = () =>
  new Command('list')
    .description('List the runbooks there are')
    .option('--json', 'print one JSON array')
    .action(async ({ json }: { json?: boolean }) => {
      const { catalogue } = await import('../../client/catalogue.ts');
      const rows = [...catalogue].map(([name, { title, family, severity, kind, expected, plan }]) => ({
        name,
        title,
        family,
        severity,
        kind,
        expected,
        plan: Object.values(plan),
      }));
      if (json) return printJson(rows);
      for (const { name, family, kind, plan } of rows)
        print(`${name.padEnd(22)} ${family.padEnd(12)} ${kind.padEnd(6)} ${plan.length} steps`);
    });
