import { Command } from 'commander';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson, say } from '../../output/say.ts';
import { withClient } from '../../run/with-client.ts';

const AFTER_HELP = `
Every open run, incident and what stands beside them is replayed: its history must be what
this version would have done. It reads only, and can be asked while the version before it
runs. Exit codes: 0 all go on · 1 some do not, or cannot be judged, by name · 4 Temporal
cannot be reached.

Examples:
  runbook upgrade check
  runbook upgrade check --target ahgd
  runbook upgrade check --json | jq -r '.misfits[].run'`;

interface Options {
  readonly target?: string;
  readonly json?: boolean;
}

export const check = () =>
  new Command('check')
    .description(
      'Find open runs that this version would not carry on; ends with 1 when there are any',
    )
    .option('-t, --target <name>', 'only what is open of this target (default: all that is open)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', AFTER_HELP)
    .action(async ({ target, json }: Options) => {
      const { checkUpgrade, fitsAll } = await import('../../../worker/upgrade/check-upgrade.ts');
      const { bundleWorkflows } = await import('../../../worker.ts');
      const { checkHint, checkLines } = await import('../../serve/upgrade/check-lines.ts');
      const { expectNamespace } = await import('../../../client/connection/expect-namespace.ts');
      const found = await withClient(async (client) => {
        await expectNamespace(client);
        return checkUpgrade(client, { bundle: () => bundleWorkflows(), target });
      });
      // What could not be judged is not known to go on.
      if (!fitsAll(found) || found.unread.length > 0) process.exitCode = exitCodes.failed;
      if (json) return printJson(found);
      print(checkLines(found, target).join('\n'));
      if (!fitsAll(found)) say(`Try: ${checkHint(found)}`);
    });
