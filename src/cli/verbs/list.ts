import { Command } from 'commander';
import { countText } from '../../config/text/count-text.ts';
import { columns } from '../../report/columns.ts';
import { print, printJson } from '../output/say.ts';

interface Options {
  readonly long?: boolean;
  readonly target?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  runbook list
  runbook list --long -t ahgd    with owner, next review and last run of each`;

export const list = () =>
  new Command('list')
    .description('List the runbooks there are')
    .option(
      '-l, --long',
      'who owns each for a target, when it was reviewed and run last, and what was learned',
    )
    .option(
      '-t, --target <target>',
      'with --long: target, as in targets/<target>.yaml (or RUNBOOK_TARGET)',
    )
    .option('--json', 'print one JSON array')
    .addHelpText('after', EXAMPLES)
    .action(async ({ long, target, json }: Options) => {
      const { catalogue } = await import('../../client/catalogue.ts');
      const care = long ? (await import('./list/care-of.ts')).careOf(target) : undefined;
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
          ...care?.(name),
        }),
      );
      if (json) return printJson(rows);
      const lines = columns(
        rows.map(({ name, purpose, family, severity, expected, plan, ...own }) => [
          name,
          family,
          severity,
          countText(plan.length, 'step'),
          `within ${expected}`,
          ...('lastRun' in own ? [own.owner ?? 'no owner', review(own), run(own)] : []),
          purpose,
        ]),
      );
      if (!care) return print(lines.join('\n'));
      const { learnedLines } = await import('./list/learned-lines.ts');
      const learned = rows.map((row) => ('learned' in row ? learnedLines(row.learned ?? []) : []));
      print(lines.flatMap((line, index) => [line, ...learned[index]!]).join('\n'));
    });

function review({ nextReview }: { readonly nextReview?: string | undefined }): string {
  return nextReview === undefined ? 'never reviewed' : `next review ${nextReview}`;
}

function run({ lastRun }: { readonly lastRun?: string | undefined }): string {
  return lastRun === undefined ? 'no run on record' : `last run ${lastRun}`;
}
