import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { storeRunReport } from '../../../src/state/run-reports.ts';
import { findReplaced } from '../../../src/workflows/parts/find-replaced.ts';
import { backUp } from '../../activities/database/support/fixtures.ts';
import { test } from '../../support/target.ts';

const RUN = 'database-recovery/app/20260105_020000';

describe('findReplaced', () => {
  test('says that the database cannot come back where its point is another backup', async ({
    target,
  }) => {
    const { id } = await backUp(target, { run: RUN });
    const output = { rollbackPoint: id, replaced: ['database'] };
    const report = { run: RUN, startedAt: '2026-01-05T02:00:00.000Z', ending: { output } };
    storeRunReport(target, report, '');

    const found = await findReplaced(createSystems(target, 'rollback/app/1'), RUN);

    expect(found.backup).toBeUndefined();
    expect(found.gone).toEqual([
      `The database from before cannot come back: backup "${id}" is of class "daily", and was not made of it`,
    ]);
  });
});
