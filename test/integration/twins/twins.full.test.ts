import { describe, expect } from 'vitest';
import { test } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { endingOf } from '../../support/ending-of.ts';
import { bytesOf, openTwin, register } from './twins.ts';

const runbooks: readonly (readonly [string, object])[] = [
  ['daily-backup', {}],
  ['database-recovery', { backup: 'latest' }],
  ['database-maintenance', {}],
  ['log-rotation', {}],
];

/** RUNBOOK_TWIN_ROUNDS=5 plays 20 runs, which took 7 minutes. */
const ROUNDS = Number(process.env['RUNBOOK_TWIN_ROUNDS'] ?? 1);

describe('a second place that serves the same target, and should not', () => {
  test(
    'leaves all runs of four runbooks to the first, and has no new byte',
    { timeout: 300_000 * ROUNDS },
    async ({ world, runs, directory }) => {
      await takeBackup(world);
      const worker = await runs.serve();
      await register(world, runs);
      const twin = await openTwin(world, directory, runs.queue);
      const before = bytesOf(twin.target);
      const outcomes: string[] = [];

      try {
        for (let count = 0; count < ROUNDS; count += 1)
          for (const [runbook, input] of runbooks) {
            const { outcome, failure } = await endingOf(runs, await runs.start(runbook, input));
            outcomes.push(failure ? `${runbook}: ${failure.message}` : outcome);
          }

        expect(outcomes).toEqual(Array.from({ length: 4 * ROUNDS }, () => 'done'));
        expect(bytesOf(twin.target)).toEqual(before);
      } finally {
        twin.worker.kill('SIGKILL');
        await worker.stop();
      }
    },
  );
});
