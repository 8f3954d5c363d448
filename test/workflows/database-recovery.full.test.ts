import { describe, expect } from 'vitest';
import { faults, recoverWith } from '../support/recovery.ts';
import { test } from '../support/run.ts';

describe.concurrent('database-recovery without a database to go back to', () => {
  for (const before of ['empty', 'missing'] as const)
    for (const fault of Object.keys(faults))
      test(`survives ${fault}, when the database before was ${before}`, async ({
        world,
        systems,
        runs,
      }) => {
        const ending = await recoverWith(fault, before, { world, runs });

        expect(ending.outcome).toBe('failed');
        expect(ending.left.join('\n')).toContain('The restored database stays');
        expect((await systems.runtime.describe()).running).toBe(true);
      });
});
