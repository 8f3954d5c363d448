import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { test as base } from '../support/run.ts';

type Rule = NonNullable<SqliteTarget['maintenance']>['window'];

const MINUTE = 60_000;

/** A window that began some minutes ago, on every day. */
function begun(minutesAgo: number, rule: Partial<Rule> = {}): SqliteTarget['maintenance'] {
  const start = new Date(Date.now() - minutesAgo * MINUTE).toISOString().slice(11, 16);
  const window = { calendar: 'daily', start, duration: '2h', cutoff: '30m', timezone: 'UTC' };
  return { window: { ...window, ...rule }, chores: [] };
}

const open = base.extend({ maintenance: begun(10) });
const closed = base.extend({ maintenance: begun(180) });
describe.concurrent('a runbook that disturbs people', () => {
  open('runs inside the maintenance window', async ({ runs }) => {
    const run = await runs.run('windowed');

    expect(run.ending).toMatchObject({ outcome: 'done', output: { chore: true } });
  });

  closed(
    'is refused to a person outside of it, who alone hears when the next one is',
    async ({ runs }) => {
      const run = await runs.run('windowed');

      expect(run.ending).toMatchObject({
        outcome: 'failed',
        failure: {
          type: 'OutsideWindow',
          message: expect.stringMatching(
            /^The maintenance window of "test-\w+" is closed: the next is from \S+Z to \S+Z\. To begin all the same: --outside-window$/,
          ),
        },
      });
      expect(run.ending.ledger.every(({ state }) => state === 'unreached')).toBe(true);
      expect(run.ending.notices).toEqual([]);
    },
  );

  closed('begins all the same when a person says so', async ({ runs }) => {
    const run = await runs.run('windowed', {}, { outsideWindow: true });

    expect(run.ending.outcome).toBe('done');
  });

  closed('is skipped with a notice when it started by itself', async ({ runs }) => {
    const run = await runs.run('windowed', {}, { automatic: true });

    expect(run.ending).toMatchObject({
      outcome: 'skipped',
      notices: [{ message: expect.stringContaining('Skipped: The maintenance window of') }],
    });
  });
});
