import { Command, Option } from 'commander';
import { UpToAYear, inMilliseconds } from '../../../config/time/duration.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { print, printJson } from '../../output/say.ts';

const formats = ['md', 'html', 'json'] as const;
type Format = (typeof formats)[number];

interface Options {
  readonly last: string;
  readonly format: Format;
  readonly json?: boolean;
}

const AFTER_HELP = `
What the runbook performance-report writes each week, for any time and at once: what
the worker has measured, this week against the last, and when sizes reach their
limits. It measures nothing, and is read on the target's host, without Temporal.

Examples:
  runbook target report ahgd
  runbook target report ahgd --last 365d --format html > ahgd.html`;

export const report = () =>
  new Command('report')
    .description('Print what was measured of a target: times, memory, CPU, sizes with a forecast')
    .argument('[target]', 'default: RUNBOOK_TARGET, or the only one that is enabled')
    .option('--last <how long>', 'how much time it tells, from 1d to 366d', '7d')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('md'))
    .option('--json', 'the same as --format json')
    .addHelpText('after', AFTER_HELP)
    .action(async (name: string | undefined, { last, format, json }: Options) => {
      const span = spanOf(last);
      const { targetFor } = await import('../../input/target-for.ts');
      const { expectHere } = await import('../../local/beside-target.ts');
      const { orTellWhy } = await import('../../local/or-tell-why.ts');
      const target = targetFor(name);
      expectHere(target);
      await orTellWhy(target, async () => {
        const { measurementsOf } = await import('../../../activities/records/measurements-of.ts');
        const measurements = measurementsOf(target, span);
        if (json || format === 'json')
          return printJson((await plain()).performanceReport(measurements));
        print(
          format === 'html'
            ? (await html()).performanceHtml(measurements)
            : (await markdown()).performanceMarkdown(measurements),
        );
      });
    });

const plain = () => import('../../../report/performance/performance-report.ts');
const html = () => import('../../../report/performance/performance-html.ts');
const markdown = () => import('../../../report/performance/performance-markdown.ts');

function spanOf(last: string): number {
  const length = UpToAYear.safeParse(last);
  const [issue] = length.error?.issues ?? [];
  const span = issue ? 0 : inMilliseconds(last);
  if (issue || span < inMilliseconds('1d'))
    throw new UsageError(
      `Cannot read --last "${last}": ${issue?.message ?? 'Expected at least "1d"'}`,
      'runbook target report --last 30d',
    );
  return span;
}
