import { runbookCommands } from '../run/runbook-commands.ts';

export const plan = (argv: readonly string[]) =>
  runbookCommands(
    {
      name: 'plan',
      description: 'Show what a runbook would do: it reads, and changes nothing',
      flags: (command) => command.option('--json', 'print the plan as one JSON value'),
      async action(runbook, facts, options) {
        const { planRun } = await import('../run/plan-run.ts');
        const { learnedFor } = await import('../../activities/procedures/learned.ts');
        const { learnedLines } = await import('./list/learned-lines.ts');
        await planRun(runbook, facts, options, (target) => {
          const learned = learnedFor(target, runbook);
          return { learned, lines: learnedLines(learned) };
        });
      },
    },
    argv,
  );
