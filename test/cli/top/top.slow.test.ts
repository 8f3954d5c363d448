import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { onceJson } from '../../../src/cli/verbs/top/once.ts';
import { targetIn, test } from '../../support/target.ts';
import { runbook } from '../support/runbook.ts';
import { targetsIn } from '../support/targets-in.ts';
import { GIVEN_BACK, hasScript, openOnTerminal, TAKEN } from './on-terminal.ts';
import { record } from './record.ts';

type Json = ReturnType<typeof onceJson>;

describe('top', () => {
  test('prints one picture in full where there is no terminal, and goes on without Temporal', async ({
    directory,
    target,
  }) => {
    const elsewhere = { ...targetIn(directory), name: 'elsewhere', directory: '/not/here' };
    targetsIn(directory, elsewhere);
    const env = targetsIn(directory, target);
    record(target, 0.02);

    const [text, json, once] = await Promise.all([
      runbook(['top'], env),
      runbook(['top', target.name, '--json'], env),
      runbook(['top', target.name, target.name, '--once', '--local'], env),
    ]);

    expect([text.exitCode, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/^2 targets: 2 unknown {2}20/);
    expect(text.stdout).toMatch(/^response\.p95 +20 ms {2}ok +[ ▁-█]{30} {2}it is so$/m);
    expect(text.stdout).toMatch(/^temporal +unknown +Cannot reach Temporal at 127\.0\.0\.1:1/m);
    expect(text.stdout).toMatch(
      /^elsewhere: application {2}unknown {2}"\/not\/here" is not on this host$/m,
    );
    const { targets } = JSON.parse(json.stdout) as Json;
    expect(targets).toMatchObject([
      { target: target.name, figures: [{ name: 'app.health' }, {}, { name: 'response.p95' }] },
    ]);
    expect(targets[0]!.figures[2]!.samples).toMatchObject([{ value: 0.02 }]);
    expect(once.stdout).toMatch(/^test-\w+: ok {2}20/);
    expect(once.stdout).toMatch(/· Temporal is not asked$/m);
    // oxlint-disable-next-line no-control-regex
    expect(text.stdout + once.stdout).not.toMatch(/\u001B/);
  });

  test('tells what is wrong with what it was given, or lies there, and ends for none of the latter', async ({
    directory,
    target,
  }) => {
    const env = targetsIn(directory, target);
    writeFileSync(join(target.state, 'figures.db'), 'no database at all'.repeat(999));

    const [often, name, damaged] = await Promise.all([
      runbook(['top', '--every', '10ms'], env),
      runbook(['top', 'unheard-of'], env),
      runbook(['top', '--once', '--local'], env),
    ]);

    expect([often.exitCode, often.stdout]).toEqual([2, '']);
    expect(often.stderr).toMatch(/^Error: .*"10ms".*"1s" to "1h"\nTry: runbook top --help/);
    expect([name.exitCode, name.stdout]).toEqual([2, '']);
    expect(name.stderr).toMatch(/^Error: Cannot find target "unheard-of"/);
    expect(damaged.exitCode).toBe(0);
    expect(damaged.stdout).toMatch(/unknown {2}what was measured cannot be read: /);
  });

  // Where there is no "script" of util-linux, no terminal can be had.
  test.runIf(hasScript)(
    'draws, goes on, has another size at once, obeys keys, and gives the terminal back',
    async ({ directory, target }) => {
      record(target, 0.02);
      const terminal = await openOnTerminal(
        ['top', '--local', '--every', '1s'],
        targetsIn(directory, target),
      );
      try {
        await terminal.sees(/app\.users +7 /);
        record(target, 0.04);
        await terminal.sees(/response\.p95 +40 ms/);
        terminal.resize(40, 10);
        await terminal.sees(/\[2J/);
        terminal.type('?');
        await terminal.sees(/Ctrl-Z +back to the shell/);
        terminal.type('\u001B[A');
        await terminal.sees(/Measured/);
        terminal.type('p');
        await terminal.sees(/paused {2}test-/);
        terminal.type('q');
        const { code, before, after } = await terminal.ended;

        expect([code, after]).toEqual([0, before]);
        expect(terminal.text().split(TAKEN)).toHaveLength(2);
        expect(terminal.text().split(TAKEN)[1]!.split(GIVEN_BACK)).toHaveLength(2);
      } finally {
        await terminal.close();
      }
    },
  );
});
