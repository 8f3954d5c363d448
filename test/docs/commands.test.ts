import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { pages, typedCommands } from './commands.ts';

const commands = pages.flatMap(typedCommands);

describe('a command in the documentation', () => {
  test('is found wherever a page has one', () => {
    expect(commands.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(80);
    expect(commands.filter(({ isWhole }) => !isWhole).length).toBeGreaterThan(150);
  });

  test.each([
    ['restore', '-t', 'shop'],
    ['start', 'daily-backups', '-t', 'shop'],
    ['start', 'daily-backup', '-t', 'shop', '--phase', 'rehearse'],
    ['target', 'logs', 'shop', '--last', '2h'],
    ['audit', 'proof'],
  ])('would be refused: %s %s', async (...args) => {
    expect(await refusalOf(args, true)).toMatch(/\w/);
  });

  test.each(commands)('$name', async ({ args, isWhole }) => {
    expect(await refusalOf(args, isWhole)).toBeUndefined();
  });
});

/** What the command line says of it, short of doing it. */
async function refusalOf(args: readonly string[], isWhole: boolean): Promise<string | undefined> {
  try {
    const program = await createProgram(args);
    doNothing(program);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    if (code === 'commander.help' || code === 'commander.version') return undefined;
    if (!isWhole && /missing|required/i.test(message)) return undefined;
    return message;
  }
  return undefined;
}

function doNothing(command: Command): void {
  command.action(() => {});
  for (const child of command.commands) doNothing(child);
}
