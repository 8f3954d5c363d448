import { Command } from 'commander';
import { print, printJson } from '../output/say.ts';

interface Options {
  readonly local?: boolean;
  readonly ask?: boolean;
  readonly textfile?: string;
  readonly json?: boolean;
}

const AFTER_HELP = `
Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown or wrong use.
The same lines as of "runbook status", for machines. In the textfile no line has a
timestamp; runbook_target_checked_timestamp_seconds says when it was made.

Examples:
  runbook check ahgd                           in Nagios, Icinga or Naemon
  * * * * * runbook check ahgd --textfile /var/lib/node_exporter/textfile/ahgd.prom`;

export const check = () =>
  new Command('check')
    .description('Say in one line for a monitoring system whether all is well')
    .argument('[target]', 'default: RUNBOOK_TARGET, or the only one that is enabled')
    .option('--local', 'only what is seen on this host: do not ask Temporal')
    .option('--ask', 'ask Temporal now, also when the worker has done so within the last 90 s')
    .option('--textfile <file>', "also write it for node_exporter's textfile collector")
    .option('--json', 'print one JSON object instead of the line')
    .addHelpText('after', AFTER_HELP)
    .action(
      async (
        name: string | undefined,
        { local = false, ask: anew = false, textfile: file, json }: Options,
      ) => {
        const { targetFor } = await import('../input/target-for.ts');
        const { statusOf } = await import('../local/status/status-of.ts');
        const { pluginLine } = await import('./status/plugin-line.ts');
        const { textfile } = await import('./status/textfile.ts');
        const { verdictCodes } = await import('../local/metrics/status-samples.ts');
        const { writeTextfile } = await import('../local/status/write-textfile.ts');
        const found = await statusOf(targetFor(name), { local, anew });
        if (file !== undefined) writeTextfile(file, textfile(found));
        process.exitCode = verdictCodes[found.verdict];
        if (json) printJson(found);
        else print(pluginLine(found));
      },
    );
