import { Command, Option } from 'commander';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';
import type { InputField } from '../input/input-fields.ts';
import { comparedWithWorker } from '../input/warn-of-other-policy.ts';

type Options = Record<string, unknown>;

export interface RunbookVerb {
  readonly name: string;
  readonly description: string;
  /** Adds the verb's own flags. */
  readonly flags: (command: Command) => Command;
  readonly action: (runbook: string, facts: RunbookFacts, options: Options) => Promise<void>;
}

/** A verb with one subcommand a runbook, its flags from the runbook's own input. Only made when the verb is asked for. */
export async function runbookCommands(
  { name, description, flags, action }: RunbookVerb,
  argv: readonly string[],
): Promise<Command> {
  const command = new Command(name).description(description);
  if (!argv.includes(name)) return command;

  const { catalogue } = await import('../../client/catalogue.ts');
  const { inputFields } = await import('../input/input-fields.ts');
  for (const [runbook, facts] of catalogue) {
    const subcommand = flags(commandFor(runbook, facts, inputFields(facts)));
    command.addCommand(subcommand.action((options: Options) => action(runbook, facts, options)));
  }
  return comparedWithWorker(command);
}

function commandFor(name: string, facts: RunbookFacts, fields: readonly InputField[]): Command {
  const steps = Object.values(facts.plan).map((title, index) => `  ${index + 1}. ${title}`);
  const command = new Command(name)
    .description(facts.title)
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .addHelpText('after', ['', 'What it does:', ...steps].join('\n'));
  for (const { key, flag, description, choices } of fields) {
    const option = new Option(flag, description);
    command.addOption(choices ? option.choices(choices) : option);
    option.attributeName = () => key;
  }
  return command;
}
