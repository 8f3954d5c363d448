import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Target } from '../../src/config/target.ts';
import { test as base } from '../support/run.ts';

type Rule = NonNullable<Target['maintenance']>['window'];

const MINUTE = 60_000;

/** A window that began some minutes ago, on every day. */
function begun(minutesAgo: number, rule: Partial<Rule> = {}): Target['maintenance'] {
  const start = new Date(Date.now() - minutesAgo * MINUTE).toISOString().slice(11, 16);
  const window = { calendar: 'daily', start, duration: '2h', cutoff: '30m', timezone: 'UTC' };
  return { window: { ...window, ...rule }, chores: [] };
}

const open = base.extend({ maintenance: begun(10) });
const closed = base.extend({ maintenance: begun(180) });
const pastCutoff = base.extend({ maintenance: begun(100) });
/** A person opens it, and its cutoff comes 6 s later. */
const brief = base.extend({ maintenance: begun(180, { duration: '100s', cutoff: '94s' }) });

describe.concurrent('a runbook that disturbs people', () => {
  open('runs inside the maintenance window', async ({ runs }) => {
    const run = await runs.run('windowed');

    expect(run.ending).toMatchObject({ outcome: 'done', output: { chore: true } });
  });

  closed(
    'is refused to a person outside of it, who is told when the next one is',
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

  pastCutoff('does not begin after the cutoff', async ({ runs }) => {
    const asked = await runs.run('windowed');
    const scheduled = await runs.run('windowed', {}, { automatic: true });

    expect(asked.ending).toMatchObject({
      outcome: 'failed',
      failure: { type: 'OutsideWindow', message: expect.stringContaining('nothing begins after') },
    });
    expect(scheduled.ending.outcome).toBe('skipped');
  });

  brief('begins no chore after the cutoff, and brings the application back', async ({ runs }) => {
    const run = await runs.run(
      'windowed',
      {},
      { outsideWindow: true, around: longer('redis.clearPrefix') },
    );

    expect(run.ending).toMatchObject({ outcome: 'done', output: { chore: false } });
    expect(run.ending.ledger.map(({ state }) => state)).toEqual([
      'done',
      'done',
      'omitted',
      'done',
      'done',
    ]);
  });

  brief('is undone when the cutoff comes before it takes anything down', async ({ runs }) => {
    const run = await runs.run(
      'windowed',
      {},
      { outsideWindow: true, around: longer('runtime.describe') },
    );

    expect(run.ending).toMatchObject({ failure: { type: 'PastCutoff' } });
    expect(run.ending.ledger.map(({ state }) => state)).toEqual([
      'done',
      'unreached',
      'unreached',
      'unreached',
      'unreached',
    ]);
  });

  base('cannot run where no window is', async ({ runs }) => {
    const run = await runs.run('windowed');

    expect(run.ending.failure).toMatchObject({
      type: 'OutsideWindow',
      message: expect.stringContaining('has no "maintenance.window"'),
    });
  });
});

/** Holds one activity until the cutoff has come. */
function longer(type: string) {
  return async (activity: string, work: () => Promise<unknown>) => {
    if (activity === type) await sleep(7000);
    return work();
  };
}
