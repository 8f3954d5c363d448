import { describe, expect } from 'vitest';
import { test } from '../../support/target.ts';
import { targetsIn } from '../support/targets-in.ts';
import { GIVEN_BACK, hasScript, openOnTerminal } from './on-terminal.ts';
import { record } from './record.ts';

/** As soon as somebody asks by a signal. */
const FAULT = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => { throw new Error('a fault'); })")}`;

// Skipped where there is no "script" of util-linux.
describe.runIf(hasScript)('top on a terminal', () => {
  test.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
    // An error that nobody catches.
    ['SIGUSR2', 1],
  ] as const)(
    'gives it back when it is ended by %s',
    async ([signal, expected], { directory, target }) => {
      record(target, 0.02);
      const env = targetsIn(directory, target);
      const NODE_OPTIONS = `--import=${FAULT}`;
      const terminal = await openOnTerminal(['top', '--local'], { ...env, NODE_OPTIONS });
      try {
        await terminal.sees(/app\.users +7 /);
        process.kill(terminal.pid, signal);
        const { code, before, after } = await terminal.ended;

        expect([code, after]).toEqual([expected, before]);
        expect(terminal.text()).toContain(GIVEN_BACK);
        if (signal === 'SIGUSR2') expect(terminal.text().split(GIVEN_BACK)[1]).toContain('a fault');
      } finally {
        await terminal.close();
      }
    },
  );

  test('prints one picture where the terminal cannot move its cursor', async ({
    directory,
    target,
  }) => {
    record(target, 0.02);
    const env = { ...targetsIn(directory, target), TERM: 'dumb' };
    const terminal = await openOnTerminal(['top', '--local'], env);
    const { code } = await terminal.ended;

    expect(code).toBe(0);
    expect(terminal.text()).toMatch(/response\.p95 +20 ms +ok/);
    expect(terminal.text()).not.toContain('\u001B');
  });
});
