import { describe, expect } from 'vitest';
import { permanent } from '../../src/os/failure.ts';
import { test as base } from '../support/run.ts';

const test = base.extend({
  maintenance: async ({}, use) => {
    const start = new Date(Date.now() - 600_000).toISOString().slice(11, 16);
    const window = { calendar: 'daily', start, duration: '2h', cutoff: '30m', timezone: 'UTC' };
    await use({ window, chores: [] });
  },
});

/** Fails the chore of this number. */
function failing(chore: number, failure: Error) {
  return async (activity: string, work: () => Promise<unknown>, args: readonly unknown[]) => {
    if (activity === 'runtime.logs' && args[0] === chore) throw failure;
    return work();
  };
}

describe.concurrent('step.eachByItself', () => {
  test('does the others when one fails, and names that one in ledger, output and notice', async ({
    runs,
  }) => {
    const around = failing(2, permanent('CannotCheck', 'It is dark'));

    const { ending } = await runs.run('choring', { chores: ['1', '2', '3'] }, { around });

    const [chores] = ending.ledger;
    const notDone = ['Do the chores, Chore 2: It is dark'];
    expect(chores).toMatchObject({ state: 'failed', note: '2 of 3 done; failed: Chore 2' });
    expect(chores!.parts?.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
    expect(ending).toMatchObject({ outcome: 'partly', notDone, left: [] });
    expect(ending.output).toMatchObject({
      notDone,
      ends: [
        { name: 'Chore 1', result: { lines: expect.any(Array) } },
        { name: 'Chore 2', failure: 'It is dark' },
        { name: 'Chore 3', result: { lines: expect.any(Array) } },
      ],
    });
    expect(ending.notices).toMatchObject([
      {
        severity: 'sev2',
        message: expect.stringContaining('Went on without "Chore 2" of "Do the chores": It is'),
      },
      {
        severity: 'sev4',
        message: expect.stringContaining(`Done in part. Not done: ${notDone[0]}`),
      },
    ]);
  });

  test('leaves a run done when all of them are', async ({ runs }) => {
    const { ending } = await runs.run('choring', { chores: ['1', '2'] });
    const none = await runs.run('choring', { chores: [] });

    expect(ending).toMatchObject({ outcome: 'done', notices: [], output: { notDone: [] } });
    expect(ending.notDone).toBeUndefined();
    expect(none.ending).toMatchObject({ outcome: 'done', output: { ends: [] } });
  });

  test('counts a line that it goes on without', async ({ runs }) => {
    const around = async (activity: string, work: () => Promise<unknown>) => {
      if (activity === 'http.isReady') throw permanent('CannotCheck', 'Nobody answers');
      return work();
    };

    const { ending } = await runs.run('choring', { chores: [] }, { around });

    expect(ending).toMatchObject({ outcome: 'partly', notDone: ['Check health: Nobody answers'] });
  });

  test('ends with the run when that has lost its claim', async ({ runs }) => {
    const around = failing(1, permanent('LockLost', 'Another run has the target'));

    const { ending } = await runs.run('choring', { chores: ['1', '2'] }, { around });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'LockLost' } });
    expect(ending.ledger[0]!.parts?.map(({ state }) => state)).toEqual(['failed', 'unreached']);
  });
});
