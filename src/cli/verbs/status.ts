import { Command } from 'commander';
import { print, printJson } from '../output/say.ts';

interface Options {
  readonly local?: boolean;
  readonly ask?: boolean;
  readonly json?: boolean;
}

const AFTER_HELP = `
Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown or wrong use.
What could not be asked is unknown, and never ok. It measures nothing itself: figures
are those that the worker has measured last, with their age.

Examples:
  runbook status ahgd
  runbook status ahgd --json | jq '.lines[] | select(.verdict != "ok")'`;

export const status = () =>
  new Command('status')
    .description('One screen that answers: is all well now?')
    .argument('[target]', 'default: RUNBOOK_TARGET, or the only one that is enabled')
    .option('--local', 'only what is seen on this host: do not ask Temporal')
    .option('--ask', 'ask Temporal now, also when the worker has done so within the last 90 s')
    .option('--json', 'print one JSON object')
    .addHelpText('after', AFTER_HELP)
    .action(
      async (name: string | undefined, { local = false, ask: anew = false, json }: Options) => {
        const { targetFor } = await import('../input/target-for.ts');
        const { statusOf } = await import('../local/status/status-of.ts');
        const { statusText } = await import('./status/status-text.ts');
        const { verdictCodes } = await import('../local/metrics/status-samples.ts');
        const found = await statusOf(targetFor(name), { local, anew });
        process.exitCode = verdictCodes[found.verdict];
        if (json) return printJson(found);
        print(statusText(found));
      },
    );
