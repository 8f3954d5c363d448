import { type Command, Option } from 'commander';

/** Two names of one thing: each verb has one of them in its help, and takes both. */
const ALIKE = [
  ['because', 'reason'],
  ['reason', 'because'],
] as const;

/** Has a verb take what like verbs call otherwise: nobody has to remember at night which takes `--because`, and which `-t`. */
export function acceptAlike(command: Command): void {
  for (const [known, other] of ALIKE) acceptOther(command, known, other);
  acceptTarget(command);
}

function acceptOther(command: Command, known: string, other: string): void {
  const has = (name: string) => command.options.some(({ long }) => long === `--${name}`);
  if (!has(known) || has(other)) return;
  command.addOption(new Option(`--${other} <${known}>`).hideHelp());
  command.on(`option:${other}`, (value: string) => {
    command.setOptionValueWithSource(known, value, 'cli');
  });
}

/** `status shop` is `status -t shop`, too. */
function acceptTarget(command: Command): void {
  const [first] = command.registeredArguments;
  if (first?.required !== false || !/^targets?$/.test(first.name())) return;
  if (command.options.some(({ long }) => long === '--target')) return;
  command.addOption(new Option('-t, --target <target>').hideHelp());
  command.hook('preAction', (_, { processedArgs }) => {
    const { target } = command.opts<{ target?: string }>();
    if (target === undefined) return;
    const typed: unknown = processedArgs[0];
    processedArgs[0] = first.variadic
      ? [...((typed as string[] | undefined) ?? []), target]
      : target;
  });
}
