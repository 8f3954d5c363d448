import { Command } from 'commander';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson } from '../output/say.ts';

interface Options {
  readonly json?: boolean;
  readonly temporalConfig?: string;
}

const AFTER_HELP = `
"missing" stops runbooks or is critical, and is answered with exit code 1; "optional"
deserves a look. With a target it asks the application some times, and leaves one key of
10 s in its cache. As root every right is there: ask as the user of the worker.

Examples:
  runbook doctor
  runbook doctor ahgd
  runbook doctor --temporal-config /etc/temporal/config.yaml`;

export const doctor = () =>
  new Command('doctor')
    .description('Find what is missing here, and how to get it')
    .argument('[target]', 'look at this target, too: its paths, rights, disks, cache, clock')
    .option(
      '--temporal-config <file>',
      "look also at what is before the tables of your own Temporal server, by its configuration: as that server's user, on its host",
    )
    .option('--json', 'print one JSON array')
    .addHelpText('after', AFTER_HELP)
    .action(async (name: string | undefined, { json, temporalConfig }: Options) => {
      const { inspect } = await import('./doctor/inspect.ts');
      const { loadTarget } = await import('../../config/load/load.ts');
      const findings = await inspect(name === undefined ? undefined : loadTarget(name), {
        temporalConfig,
      });
      if (findings.some(({ state }) => state === 'missing')) process.exitCode = exitCodes.failed;
      if (json) return printJson(findings);
      for (const { state, subject, finding, hint } of findings) {
        print(`${state.padEnd(8)} ${subject}: ${finding}`);
        if (hint) print(`         Try: ${hint}`);
      }
    });
