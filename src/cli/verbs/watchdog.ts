import { Command } from 'commander';
import { exitCodes } from '../output/exit-code.ts';
import { beginLog, logFormatOption } from '../output/log-format.ts';
import { print, printJson, say, sayNews } from '../output/say.ts';

interface Options {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly logFormat?: string;
}

const AFTER_HELP = `
Looks at what the runbooks stand on, and tells people itself when something stays
wrong: Temporal answers, a worker serves the target, no run is stuck, somebody was
told of each incident, no run is missing, the clock, the disks. It needs neither
worker nor Temporal to tell. Whom, by which channels, and which check outside hears
of each look, is "watchdog" in the target. Run it as a service of its own, best on
another host: docs/watchdog.md.

Examples:
  runbook watchdog                     all targets with "watchdog"
  runbook watchdog ahgd --once         one look, and nobody is told: exit code 1 when something is wrong
`;

export const watchdog = () =>
  new Command('watchdog')
    .description('Watch worker, Temporal and schedules from outside of them, and tell people')
    .argument(
      '[targets...]',
      'names, as in targets/<name>.yaml; none: all that are enabled and say whom to tell',
    )
    .option('--once', 'look once, print it, and tell nobody')
    .option('--json', 'with --once: print one JSON array')
    .option(...logFormatOption)
    .addHelpText('after', AFTER_HELP)
    .action(async (names: string[], { once, json, logFormat }: Options) => {
      if (!once) beginLog(logFormat);
      const { watchedTargets, whereToLook } = await import('./watchdog/watched-targets.ts');
      const watched = watchedTargets(names);
      if (once) {
        const { look } = await import('../../watchdog/watch.ts');
        const rounds = await Promise.all(
          watched.map(async (one) => ({
            target: one.target.name,
            findings: await look(one, whereToLook()),
          })),
        );
        const isWrong = rounds.some(({ findings }) => findings.some(({ state }) => state !== 'ok'));
        if (isWrong) process.exitCode = exitCodes.failed;
        if (json) return printJson(rounds);
        for (const { target, findings } of rounds)
          for (const { state, subject, text, hint } of findings) {
            print(`${state.padEnd(8)} ${target} ${subject}: ${text}`);
            if (hint) print(`         Try: ${hint}`);
          }
        return undefined;
      }
      const { watch } = await import('../../watchdog/watch.ts');
      const { untilSignal } = await import('../serve/until-signal.ts');
      const end = new AbortController();
      const signal = untilSignal();
      const all = watched.map((one) => watch(one, { ...whereToLook(), log: sayNews }, end.signal));
      say(`Watching ${watched.map(({ target }) => target.name).join(', ')}`);
      await signal;
      end.abort();
      await Promise.all(all);
      return undefined;
    });
