import { describe, expect } from 'vitest';
import { test } from '../../support/run.ts';

const governed = test.extend({ governor: { automatic: '2 per hour' } });

describe.concurrent('an automatic run', () => {
  test('goes on by itself when the time of "off" is over', async ({ runs }) => {
    await runs.run('automation', { turn: 'off', for: '1ms' });
    const { ending } = await runs.run('practice', {}, { automatic: true });

    expect(ending.outcome).toBe('done');
  });

  governed('is skipped when there were as many as the governor allows', async ({ runs }) => {
    const outcomes: string[] = [];
    for (let run = 0; run < 3; run += 1) {
      const { ending } = await runs.run('practice', {}, { automatic: true });
      outcomes.push(ending.outcome);
    }
    const asked = await runs.run('practice');

    expect(outcomes).toEqual(['done', 'done', 'skipped']);
    expect(asked.ending.outcome).toBe('done');
  });
});
