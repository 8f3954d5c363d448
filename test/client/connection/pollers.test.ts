import { describe, expect, vi } from 'vitest';
import { heardOf } from '../../../src/client/connection/pollers.ts';
import { serverTime } from '../../../src/client/connection/server-time.ts';
import { test } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

const YEAR = 365 * 86_400_000;

describe('who polls for a target', () => {
  test.for([
    ['80 s ahead', 80_000],
    ['a year ahead', YEAR],
    ['a year behind', -YEAR],
  ] as const)('is heard of by a clock that is %s', async ([, off], { world, runs }) => {
    const worker = await runs.serve();
    try {
      await vi.waitFor(
        async () => expect(await heardOf(runs.client, world.name)).toHaveLength(1),
        TIMEOUT,
      );
      const now = Date.now;
      vi.spyOn(Date, 'now').mockImplementation(() => now() + off);

      expect(await heardOf(runs.client, world.name)).toHaveLength(1);
      const time = await serverTime(runs.client);
      expect(Math.abs(time! + off - Date.now())).toBeLessThan(5000);
    } finally {
      vi.restoreAllMocks();
      await worker.stop();
    }
  });
});
