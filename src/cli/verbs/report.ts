import { Command, Option } from 'commander';
import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { comparedWithWorker } from '../input/warn-of-other-policy.ts';
import { print, printJson, say } from '../output/say.ts';
import { withClient } from '../run/with-client.ts';

const formats = ['text', 'md', 'html', 'json'] as const;
type Format = (typeof formats)[number];

interface ReportOptions {
  readonly format: Format;
  readonly target?: string;
  readonly json?: boolean;
}

export const report = () =>
  comparedWithWorker(new Command('report'))
    .description('Show how a run stands, or how it ended')
    .argument('<run>', 'run id, or any part of it: the newest that has it')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('text'))
    .option('--json', 'the same as --format json')
    .option(
      '-t, --target <target>',
      'where its report was written: read when Temporal has forgotten it, or is down',
    )
    .action(async (part: string, { format, json, target }: ReportOptions) => {
      const view = await viewOf(part, target);
      if (json || format === 'json') printJson(view);
      else if (format === 'html')
        print((await import('../../report/run/html/run-html.ts')).runHtml(view));
      else if (format === 'md')
        print((await import('../../report/run/run-markdown.ts')).runMarkdown(view));
      else
        print((await import('../../report/run/run-text.ts')).runText(view, process.stdout), {
          styled: true,
        });
    });

/** What Temporal knows of it, or else what it wrote beside its target. */
async function viewOf(part: string, target: string | undefined): Promise<ReportedRun> {
  const { recordedRun } = await import('../local/recorded-run.ts');
  const view = await viewFromTemporal(part).catch((error: unknown) => {
    const recorded = error instanceof UnreachableError ? recordedRun(part, target) : undefined;
    if (!recorded) throw error;
    say(
      `Temporal does not answer: this is the report that ${recorded.run} wrote at its end. A newer run may be unknown here`,
    );
    return recorded;
  });
  if (view) return view;
  const recorded = recordedRun(part, target);
  if (!recorded) throw new UsageError(`Cannot find a run "${part}"`, 'runbook runs');
  say('Temporal no longer knows this run: this is the report that it wrote at its end');
  return recorded;
}

async function viewFromTemporal(part: string): Promise<ReportedRun | undefined> {
  const { findRunIfAny } = await import('../../client/runs/find-run.ts');
  const { viewRun } = await import('../../client/runs/view-run.ts');
  return withClient(async (client) => {
    const run = await findRunIfAny(client, part, 'newest');
    return run === undefined ? undefined : viewRun(client, run);
  });
}
