import { runbookCommands } from '../run/runbook-commands.ts';

export const plan = (argv: readonly string[]) =>
  runbookCommands(
    {
      name: 'plan',
      description: 'Show what a runbook would do: it reads, and changes nothing',
      flags: (command) => command.option('--json', 'print the plan as one JSON value'),
      async action(runbook, facts, options) {
        const { planRun } = await import('../run/plan-run.ts');
        await planRun(runbook, facts, options);
      },
    },
    argv,
  );
