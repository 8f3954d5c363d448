import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { acceptAlike } from '../../../src/cli/tree/accept-alike.ts';

/** What a verb is given, however its options are typed. */
async function given(verb: Command, typed: readonly string[]) {
  const heard: unknown[] = [];
  acceptAlike(verb);
  await verb
    .action((...args: unknown[]) => void heard.push(...args.slice(0, -1)))
    .parseAsync(typed, { from: 'user' });
  return heard;
}

describe('acceptAlike', () => {
  test.each([
    ['--reason', '--because'],
    ['--because', '--reason'],
  ])('takes what has %s by %s, too, also where it must be given', async (known, other) => {
    const verb = new Command('pin').requiredOption(`${known} <why>`);

    expect(await given(verb, [other, 'audit'])).toMatchObject([{ [known.slice(2)]: 'audit' }]);
  });

  test('takes the target of an argument by -t', async () => {
    const status = () => new Command('status').argument('[target]');
    const sync = new Command('sync').argument('[targets...]');

    expect((await given(status(), ['-t', 'shop']))[0]).toBe('shop');
    expect((await given(status(), ['shop']))[0]).toBe('shop');
    expect((await given(sync, ['ahgd', '--target', 'shop']))[0]).toEqual(['ahgd', 'shop']);
  });

  test('is in no help, and leaves alone what has both', async () => {
    const verb = new Command('x').option('--because <a>').option('--reason <b>');

    expect(await given(verb, ['--because', 'a', '--reason', 'b'])).toEqual([
      { because: 'a', reason: 'b' },
    ]);
    expect((await createProgram(['stop'])).commands[0]!.helpInformation()).not.toContain('because');
  });

  test('holds for all that acts or answers: why is told by both names', async () => {
    const { commands } = await createProgram([]);
    const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
    const names = (command: Command) => command.options.map(({ long }) => long);
    const some = commands.flatMap(all).filter((one) => names(one).includes('--because'));

    expect(some.length).toBeGreaterThan(20);
    expect(some.filter((one) => !names(one).includes('--reason'))).toEqual([]);
  });
});
