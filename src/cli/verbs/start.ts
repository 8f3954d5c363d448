import { Command, Option } from 'commander';
import type { RunbookFacts } from '../../engine/define-runbook.ts';
import type { InputField } from '../input-fields.ts';

/** One subcommand a runbook, its flags from the runbook's own input. Only made when this verb is asked for. */
export async function start(argv: readonly string[]): Promise<Command> {
  const command = new Command('start').description(
    'Start a runbook on a target, and follow it to its end',
  );
  if (!argv.includes('start')) return command;

  const { catalogue } = await import('../../client/catalogue.ts');
  const { inputFields } = await import('../input-fields.ts');
  for (const [name, facts] of catalogue)
    command.addCommand(commandFor(name, facts, inputFields(facts)));
  return command;
}

function commandFor(name: string, facts: RunbookFacts, fields: readonly InputField[]): Command {
  const steps = Object.values(facts.plan).map((title, index) => `  ${index + 1}. ${title}`);
  const command = new Command(name)
    .description(facts.title)
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--because <reason>', 'why, for the report')
    .option('--detach', 'start it and do not follow it')
    .option('--no-wait', 'fail at once when another run holds the target')
    .option('--json', 'print the ending as one JSON value')
    .addHelpText('after', ['', 'What it does:', ...steps].join('\n'))
    .action(async (options: Record<string, unknown>) => {
      const { startAndFollow } = await import('../start-and-follow.ts');
      await startAndFollow(name, facts, options);
    });
  for (const { key, flag, description, choices } of fields) {
    const option = new Option(flag, description);
    command.addOption(choices ? option.choices(choices) : option);
    option.attributeName = () => key;
  }
  return command;
}
