import { describe, expect } from 'vitest';
import { broken } from '../support/broken.ts';
import { test } from '../support/run.ts';

describe.concurrent('a runbook in a step', () => {
  test('is put back by its line when a later line fails', async ({ runs }) => {
    const pings: string[] = [];
    const { ending } = await runs.run(
      'parent',
      { fail: true },
      {
        around: async (activity, work) => {
          if (activity === 'http.expectReady') throw broken('It is broken');
          if (activity === 'redis.ping') pings.push(activity);
          return work();
        },
      },
    );

    expect(ending.outcome).toBe('undone');
    expect(ending.ledger.map(({ state }) => state)).toEqual(['undone', 'undone', 'done', 'failed']);
    expect(pings).toHaveLength(2);
  });

  test('is where a plan ends', async ({ runs }) => {
    const { ending } = await runs.run('parent', {}, { mode: 'plan' });

    expect(ending.outcome).toBe('done');
    expect(ending.ledger[0]).toMatchObject({ state: 'planned' });
  });
});
