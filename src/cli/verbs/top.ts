import { Command } from 'commander';
import { environment, variable } from '../../config/environment.ts';
import { print, printJson } from '../output/say.ts';

interface Options {
  readonly every: string;
  readonly once?: boolean;
  readonly local?: boolean;
  readonly json?: boolean;
}

const AFTER_HELP = `
On a terminal until "q" is pressed: "p" pauses, the arrows choose a target, "?" shows
all keys. Elsewhere, as with --once, one picture with every target in full.
It measures nothing itself: figures are those that the worker has measured last, with
their age, so a new one comes each time that "figures.every" of the target says.
Temporal is asked for runs, incidents and next starts each 15 s; where it does not
answer, the rest goes on. The exit code tells nothing of a target: runbook check.

Examples:
  runbook top
  runbook top ahgd analytics-hub --every 2s
  runbook top ahgd --json | jq '.targets[].figures[] | select(.name == "cpu.host").value'`;

export const top = () =>
  new Command('top')
    .description(
      'Watch targets: response, processor, memory, disk, database, users, runs, incidents',
    )
    .argument('[targets...]', 'default: RUNBOOK_TARGET, or all that are enabled')
    .option('--every <time>', 'how often to look, such as 2s', '5s')
    .option('--once', 'print one picture and end')
    .option('--local', 'only what is seen on this host: do not ask Temporal')
    .option('--json', 'print one JSON object and end')
    .addHelpText('after', AFTER_HELP)
    .action(async (names: string[], { every: text, once, local = false, json }: Options) => {
      const { intervalOf } = await import('./top/interval.ts');
      const every = intervalOf(text);
      const { targetsFor } = await import('../input/targets-for.ts');
      const { UsageError } = await import('../../config/usage-error.ts');
      const { target } = environment();
      const wanted = names.length === 0 && target !== undefined ? [target] : names;
      const targets = targetsFor([...new Set(wanted)]);
      if (targets.length === 0)
        throw new UsageError('No target is named, and none is enabled', 'runbook target list');
      // One that cannot move its cursor, as in an editor, gets a picture below the other.
      const isScreen = process.stdout.isTTY && variable('TERM') !== 'dumb';
      if (isScreen && !once && !json) {
        const { watch } = await import('./top/watch.ts');
        await watch(targets, { every, local });
        // A connection that is just being made would hold the shell up for seconds.
        process.exit();
      }
      const { lookOnce, onceJson, onceText } = await import('./top/once.ts');
      const state = await lookOnce(targets, { every, local });
      if (json) printJson(onceJson(state));
      else print(onceText(state, process.stdout), { styled: true });
    });
