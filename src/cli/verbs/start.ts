import { Option } from 'commander';
import { runbookCommands } from '../run/runbook-commands.ts';

export const start = (argv: readonly string[]) =>
  runbookCommands(
    {
      name: 'start',
      description: 'Start a runbook on a target, and follow it to its end',
      flags: (command) =>
        command
          .option('--because <reason>', 'why, for the report')
          .addOption(
            new Option(
              '--approve <step>',
              'approve a step of it beforehand, by its id, because of --because; may be repeated',
            ).argParser((step: string, steps: string[] | undefined) => [...(steps ?? []), step]),
          )
          .option('--detach', 'start it and do not follow it')
          .option('--no-wait', 'fail at once when another run holds the target')
          .option('--outside-window', 'begin outside of the maintenance window, where there is one')
          .option('--json', 'print the ending as one JSON value'),
      async action(runbook, facts, options) {
        const { startAndFollow } = await import('../run/start-and-follow.ts');
        await startAndFollow(runbook, facts, options);
      },
    },
    argv,
  );
