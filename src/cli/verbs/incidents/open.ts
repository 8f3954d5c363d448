import { Command, Option } from 'commander';
import { severities, type Severity } from '../../../config/schema/values/severity.ts';
import { me } from '../../input/me.ts';
import { printJson, say } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly severity: Severity;
  readonly kind?: 'security' | 'database';
  readonly details?: string;
  readonly fingerprint?: string;
  readonly by: string;
  readonly json?: boolean;
}

export const open = () =>
  new Command('open')
    .description('Say that something is wrong: people are notified until somebody acknowledges')
    .argument('<title>', 'what is wrong, in one line')
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .addOption(new Option('--severity <severity>', 'how bad').choices(severities).default('sev2'))
    .addOption(new Option('--kind <kind>', 'whom else to ask').choices(['security', 'database']))
    .option('--details <text>', 'what is known')
    .option('--fingerprint <name>', 'the same for the same fault; default: made of the title')
    .option('--by <name>', 'who says so', me())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample: runbook incidents open "No charts on the start page" --severity sev1',
    )
    .action(async (title: string, options: Options) => {
      const { reportAlert } = await import('../../../client/incidents/report-alert.ts');
      const { AlertReport } = await import('../../../incident/alert-report.ts');
      const { UsageError } = await import('../../../config/usage-error.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const { withClient } = await import('../../run/with-client.ts');
      const { target: name, by, fingerprint = slugOf(title), json, ...rest } = options;
      const report = AlertReport.safeParse({
        ...rest,
        target: targetFor(name).name,
        fingerprint,
        status: 'firing',
        origin: 'person',
        title,
        source: by,
        at: new Date().toISOString(),
      });
      if (!report.success) {
        const [fault] = report.error.issues;
        throw new UsageError(
          `Cannot open it: ${fault!.path.join('.')}: ${fault!.message}`,
          'runbook incidents open "one line" --fingerprint a-short-name',
        );
      }
      const id = await withClient((client) => reportAlert(client, report.data));
      if (json) printJson({ incident: id });
      say(`Reported to ${id}. See it: runbook incidents show ${id}`);
    });

function slugOf(title: string): string {
  const text = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return text.replaceAll(/^-+|-+$/g, '').slice(0, 60);
}
