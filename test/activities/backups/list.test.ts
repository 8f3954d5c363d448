import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { ROWS, test } from '../../support/target.ts';
import { backUp } from '../database/support/fixtures.ts';
import { systemsOf } from '../database/support/scenarios.ts';

const CHECKS = ['sha256', 'integrity_check', 'row counts', 'schema'];

describe('listBackups', () => {
  test('tells the state of everything that is or may become a backup, newest first', async ({
    target,
  }) => {
    const { directory } = target.backups;
    await backUp(target, { stamp: '20260101_010000' });
    await backUp(target, { stamp: '20260102_010000', kind: 'weekly' });
    writeFileSync(join(directory, '20260102_010000', 'manifest.json'), 'half');
    await backUp(target, { stamp: '20260103_010000' });
    truncateSync(join(directory, '20260103_010000', 'app.db.zst'), 1000);
    await systemsOf(target).backups.snapshot('20260104_010000');
    mkdirSync(join(directory, '20260105_010000'));
    mkdirSync(join(directory, 'lost+found'));
    writeFileSync(join(directory, 'notes.txt'), '');

    const states = listBackups(directory).map(({ id, state }) => `${id} ${state}`);

    expect(states.toSorted()).toEqual([
      '20260101_010000 verified',
      '20260102_010000 damaged manifest',
      '20260103_010000 damaged copy',
      '20260104_010000 incomplete',
      '20260105_010000 damaged manifest',
    ]);
    expect(listBackups(directory).find(({ state }) => state === 'verified')).toMatchObject({
      rows: ROWS,
      class: 'daily',
      checks: CHECKS,
      format: 'zstd',
      note: expect.stringMatching(
        /^Passed sha256, integrity_check, row counts, schema; integrity_check last ran on 20\d\d-/,
      ),
    });
  });

  test('tells nothing of a directory that is not there', ({ directory }) => {
    expect(listBackups(join(directory, 'nowhere'))).toEqual([]);
  });
});
