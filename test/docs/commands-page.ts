import type { Command } from 'commander';
import { exitMeanings } from '../../src/cli/output/exit-code.ts';
import { createProgram } from '../../src/cli/program.ts';
import { examples } from '../../src/cli/tree/examples.ts';
import { wordsOf } from '../../src/cli/tree/show-example.ts';
import { markdownTable } from '../support/markdown-table.ts';

/** docs/commands.md: what the help of every command says, without those of each runbook, which docs/runbooks.md has. */
export async function commandsPage(): Promise<string> {
  const program = await createProgram([]);
  const blocks = program.commands.filter(isShown).flatMap(blocksOf);
  return `# Commands

What the help of each says, without the inputs of a runbook ([runbooks](runbooks.md)): written by \`npm run docs\`, and
compared by a test.

## Exit codes

${markdownTable([['code', 'means'], ...Object.entries(exitMeanings)])}

Those of \`status\` and \`check\` are a monitoring plugin's: 0 ok, 1 warning, 2 critical, 3 unknown or wrong use. The answer is on stdout, all
else on stderr. With \`--json\` stdout is one [JSON value](json.md), or empty after an error.

${blocks.join('\n\n')}
`;
}

function isShown(command: Command): boolean {
  return !command.name().startsWith('_') && command.name() !== 'help';
}

function blocksOf(command: Command): string[] {
  const words = wordsOf(command);
  const [verb] = words;
  const isByRunbook = words.length === 1 && (verb === 'start' || verb === 'plan');
  const example = examples[words.join(' ')];
  const help = command.createHelp();
  const rows = [
    ...help.visibleArguments(command).map((one) => [`<${one.name()}>`, one.description]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((one) => [one.flags, help.optionDescription(one)]),
  ];
  return [
    `${words.length === 1 ? '##' : '###'} ${words.join(' ')}`,
    `${command.description()}.`,
    ...(rows.length > 0 ? [rows.map(([name, text]) => `- \`${name}\`: ${text}`).join('\n')] : []),
    ...(example && !isByRunbook ? [`\`runbook ${example}\``] : []),
    ...(isByRunbook ? [] : command.commands.filter(isShown).flatMap(blocksOf)),
  ];
}
