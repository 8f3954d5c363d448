import { Command, Option } from 'commander';
import { severities } from '../../config/schema/values/severity.ts';
import type { SimulateOptions } from './simulate/run-simulation.ts';

const AFTER_HELP = `
The real incident runs on a Temporal server of its own, in time that is skipped: 48 hours
take less than a second once it has started. No message is sent.

Examples:
  runbook simulate escalation --severity sev1
  runbook simulate escalation --severity sev1 --kind security --ack-after 20m
  runbook simulate escalation --severity sev4 --at 2026-12-25T02:00:00Z --json`;

export const simulate = () =>
  new Command('simulate').description('Find out what would happen').addCommand(
    new Command('escalation')
      .description('Print who would be notified when, and through which channel')
      .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
      .addOption(new Option('--severity <severity>', 'how bad').choices(severities).default('sev1'))
      .addOption(new Option('--kind <kind>', 'of incident').choices(['security', 'database']))
      .option('--at <time>', 'when it begins: not in the past; default: now')
      .option('--ack-after <duration>', 'somebody acknowledges then, such as "20m"')
      .option('--for <duration>', 'how long it lasts', '48h')
      .option('--json', 'print one JSON array')
      .addHelpText('after', AFTER_HELP)
      .action(async (options: SimulateOptions) => {
        const { runSimulation } = await import('./simulate/run-simulation.ts');
        await runSimulation(options);
      }),
  );
