import { describe, expect, test } from 'vitest';
import { meantBy, OTHER_WORDS } from '../../../src/cli/tree/meant-by.ts';
import { createProgram } from '../../../src/cli/program.ts';

const VERBS = ['start', 'status', 'report', 'repair'];

describe('meantBy', () => {
  test.each([
    ['run', 'start'],
    ['restore', 'start database-recovery'],
    ['database-recovery', 'start database-recovery'],
    ['databse-recovery', 'start database-recovery'],
    ['statsu', 'status'],
    ['xylophone', undefined],
    ['__proto__', undefined],
  ])('takes "%s" for %s', (asked, meant) => {
    expect(meantBy(asked, VERBS)).toBe(meant);
  });

  test.each(Object.values(OTHER_WORDS))('names a command that there is: %s', async (words) => {
    const path = words.split(' ');
    const program = await createProgram(path);

    const found = path.reduce(
      (command, name) => command.commands.find((child) => child.name() === name) ?? command,
      program,
    );

    expect(found.name()).toBe(path.at(-1));
  });
});
