import { ApplicationFailure } from '@temporalio/common';
import { describe, expect } from 'vitest';
import { readRunReports } from '../../src/activities/records/run-reports.ts';
import { test } from '../support/run.ts';

describe('a run', () => {
  test('ends as it would when neither audit nor report can be written, and people are notified', async ({
    world,
    runs,
  }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'runs.record')
            throw ApplicationFailure.retryable('No space left on device', 'Full');
          return work();
        },
      },
    );

    expect(ending.outcome).toBe('done');
    expect(ending.notices.map(({ message }) => message)).toEqual([
      expect.stringContaining('Cannot write the report of this run: No space left on device'),
    ]);
    expect(readRunReports(world, '')).toEqual([]);
  });
});
