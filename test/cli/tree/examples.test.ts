import { Command, type CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { wordsOf } from '../../../src/cli/tree/show-example.ts';

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
const programs = await Promise.all([[], ['start'], ['plan']].map((argv) => createProgram(argv)));
const verbs = programs.flatMap(all);

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part), outputError: () => {} });
  command.outputHelp();
  return text;
}

/** `runbook ...` as somebody types it, its comment left out. */
function typed(line: string): string[] {
  const [, text] = /(runbook .+)/.exec(line)!;
  const words = text!.split(/ {2,}| [|<>] /)[0]!.match(/"[^"]*"|'[^']*'|\S+/g)!;
  return words.slice(1).map((word) => word.replaceAll(/^["']|["']$/g, ''));
}

const lines = verbs.flatMap((verb) =>
  helpOf(verb)
    .split('\n')
    .filter((line) => /^(?: {2}|Example: )runbook \S/.test(line))
    .map((line) => [line.replace('Example:', '').trim()] as const),
);

describe('help', () => {
  test('has an example for every verb, and for every runbook', () => {
    const without = verbs.filter(
      (verb) => !/^(?: {2}|Example: |.*[|<] ?)runbook /m.test(helpOf(verb)),
    );

    expect(verbs.length).toBeGreaterThan(120);
    expect(without.map((verb) => wordsOf(verb).join(' '))).toEqual([]);
  });

  test.each([...new Map(lines.map((one) => [one[0], one])).values()])(
    '"%s" is a command that there is',
    async (line) => {
      const words = typed(line);
      const program = await createProgram(words);
      let reached = false;
      for (const command of all(program)) {
        command.configureOutput({ writeErr: () => {}, outputError: () => {} });
        // In place of what it would do.
        if (command.commands.length === 0) command.action(() => void (reached = true));
      }

      const error = await program.parseAsync(words, { from: 'user' }).then(
        () => undefined,
        (thrown: CommanderError) => thrown.message,
      );

      expect([reached, error]).toEqual([true, undefined]);
    },
  );
});
