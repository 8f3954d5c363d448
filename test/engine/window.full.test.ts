import { setTimeout as sleep } from 'node:timers/promises';
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

const pastCutoff = base.extend({ maintenance: begun(100) });
/** A person opens it, and its cutoff comes 6 s later. */
const brief = base.extend({ maintenance: begun(180, { duration: '100s', cutoff: '94s' }) });
/** The same, 30 s later. */
const lasting = base.extend({ maintenance: begun(180, { duration: '100s', cutoff: '70s' }) });

describe.concurrent('a runbook that disturbs people', () => {
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

  lasting('leaves out each chore that is due after the cutoff, by its name', async ({ runs }) => {
    const chores = ['1', '2', '3', '4', '5', '6', '7'];
    // Together they last longer than there is time, and each is shorter than a heartbeat may be late.
    const options = { outsideWindow: true, around: longer('runtime.logs') };

    const { ending } = await runs.run('choring', { chores }, options);

    const [line, check, last] = ending.ledger;
    const states = line!.parts!.map(({ state }) => state);
    const begun = states.indexOf('omitted');
    const late = chores.slice(begun).map((chore) => `Chore ${chore}`);
    expect(states.join(' ')).toMatch(/^(done )+omitted( omitted)*$/);
    expect(line).toMatchObject({
      state: 'done',
      note: `${begun} of 7 done; left out: ${late.join(', ')}`,
    });
    expect(ending).toMatchObject({
      outcome: 'partly',
      notDone: [
        ...late.map((name) => expect.stringContaining(`Do the chores, ${name}: The window ends`)),
        expect.stringContaining('Check health: The window ends'),
      ],
    });
    expect([check?.state, last?.state]).toEqual(['omitted', 'done']);
    expect(ending.notices).toMatchObject([
      { severity: 'sev4', message: expect.stringContaining('Chore 7') },
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
