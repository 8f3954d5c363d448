import type { Command } from 'commander';
import { examples } from './examples.ts';

/** Below the help of a verb that has no example of its own: a line that can be typed. */
export function showExample(command: Command): void {
  const example = examples[wordsOf(command).join(' ')] ?? ofRunbook(command);
  if (example) command.addHelpText('after', `\nExample: runbook ${example}`);
}

/** As they are typed after `runbook`. */
export function wordsOf(command: Command): string[] {
  return command.parent ? [...wordsOf(command.parent), command.name()] : [];
}

/** `start daily-backup`: what must be said of it stands above. */
function ofRunbook(command: Command): string | undefined {
  const [verb, runbook] = wordsOf(command);
  if (runbook === undefined || (verb !== 'start' && verb !== 'plan')) return undefined;
  return `${verb} ${runbook} -t ahgd${verb === 'start' ? ' --because "..."' : ''}`;
}
