import { Command, type CommanderError } from 'commander';
import { version } from '../config/version.ts';
import { UsageError } from '../config/usage-error.ts';
import { exitMeanings } from './output/exit-code.ts';
import { acceptAlike } from './tree/accept-alike.ts';
import { showExample } from './tree/show-example.ts';
import { unknownText, usageErrorOf } from './input/commander-error.ts';
import { verbs } from './verbs/index.ts';

const AFTER_HELP = `
Examples:
  runbook demo                                   see it all in a minute
  runbook dev ahgd                               serve a target, with Temporal
  runbook start database-recovery --target ahgd  list the backups to choose from
  runbook start database-recovery --target ahgd --backup latest
  runbook report 20260105_020000 --json | jq .ending.outcome

Exit codes:
${Object.entries(exitMeanings)
  .map((row) => `  ${row.join('  ')}\n`)
  .join('')}Those of "status" and "check": 0 ok, 1 warning, 2 critical, 3 unknown, wrong use
The answer is on stdout, all else on stderr. With --json stdout is one JSON
value, or empty after an error: then exit code and stderr say why.

Environment:
  RUNBOOK_TARGETS    directory of the target files (default: targets)
  RUNBOOK_TARGET     target of commands that are given none
  TEMPORAL_ADDRESS   Temporal server (default: 127.0.0.1:7233); TEMPORAL_* too
`;

/** The command line: the verb that `argv` begins with, else every verb; and how it is explained when somebody gets it wrong. */
export async function createProgram(argv: readonly string[]): Promise<Command> {
  await expectVerb(argv);
  const program = new Command('runbook')
    .description('Operations runbooks that finish, whatever dies on the way')
    .version(version)
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', AFTER_HELP);
  for (const load of loadersFor(argv)) program.addCommand(await (await load())(argv));
  settle(program);
  return program;
}

/** Commander loads every verb to find out that there is none of this name, and shows the help of everything to who asks for that of nothing it knows. */
async function expectVerb([first, second]: readonly string[]): Promise<void> {
  const asked = first === 'help' ? second : first;
  const names = [...Object.keys(verbs), 'help'];
  if (asked === undefined || asked.startsWith('-') || names.includes(asked)) return;
  const { meantBy } = await import('./tree/meant-by.ts');
  throw new UsageError(unknownText('command', asked, meantBy(asked, names)), 'runbook --help');
}

function loadersFor([asked]: readonly string[]) {
  const verb = asked !== undefined && Object.hasOwn(verbs, asked) ? verbs[asked] : undefined;
  return verb ? [verb] : Object.values(verbs);
}

/** Commander hands its settings down only to commands that it made itself. */
function settle(command: Command): void {
  const isRoot = !command.parent;
  command
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ subcommandTerm: term })
    .exitOverride((error: CommanderError) => {
      throw (!(isRoot && error.code === 'commander.help') && usageErrorOf(error, command)) || error;
    })
    // Errors are printed by run-cli.ts; only `runbook` alone shows its help for one.
    .configureOutput({ outputError: () => {}, ...(!isRoot && { writeErr: () => {} }) });
  if (!isRoot) command.helpCommand(false);
  acceptAlike(command);
  showExample(command);
  for (const child of command.commands) settle(child);
}

/** A verb and its arguments: that there are options goes without saying. */
function term(command: Command): string {
  const parts = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...parts].join(' ');
}
