import type { Command, CommanderError } from 'commander';
import { nearest } from '../../config/nearest.ts';
import { UsageError } from '../../config/usage-error.ts';

/** What commander found wrong, as our own sentence, and where to read how `command` is used. Undefined: it is no error. */
export function usageErrorOf(error: CommanderError, command: Command): UsageError | undefined {
  if (error.exitCode === 0) return undefined;
  const path = pathOf(command);
  return new UsageError(sentence(error, command, path), `${path} --help`);
}

function sentence({ code, message }: CommanderError, command: Command, path: string): string {
  const thing = ['start', 'plan'].includes(command.name()) ? 'runbook' : 'command';
  if (code === 'commander.help') return `Missing a ${thing} after "${path}"`;
  const sentence = message.replace(/^error: /, '').replaceAll("'", '"');
  const [, unknown] = /^unknown command "(.*)"/.exec(sentence) ?? [];
  if (unknown !== undefined) {
    const names = command.commands.map((child) => child.name());
    return unknownText(thing, unknown, nearest(unknown, names));
  }
  const text = sentence
    .replace(/\n\(Did you mean (?:one of )?(.*)\?\)$/, (_, names: string) => {
      return `: did you mean "${names.split(', ').join('" or "')}"?`;
    })
    .replace(/\.$/, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Of a command or a runbook that there is not, with the one that is probably meant. */
export function unknownText(thing: string, asked: string, meant: string | undefined): string {
  return `Cannot find ${thing} "${asked}"${meant ? `: did you mean "${meant}"?` : ''}`;
}

/** As a person types it: `runbook start database-recovery`. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
