import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canCut, withPlace } from '../../support/power-cut.ts';
import { ROWS } from '../../support/target.ts';
import { addRows } from '../database/support/database-files.ts';
import { furnishedIn } from '../database/support/fixtures.ts';
import { seenInBackup } from '../database/support/opened.ts';
import { playOn } from '../database/support/play-killed.ts';
import { STAMP, systemsOf } from '../database/support/scenarios.ts';

describe.skipIf(!canCut)('a copy that went with the power', () => {
  test('is taken anew when it was not stored yet', async () => {
    await withPlace('cut', async ({ directory, settle, cut }) => {
      const target = furnishedIn(directory, 'WAL');
      settle();
      const copy = await systemsOf(target).backups.snapshot(STAMP);
      cut();
      expect(statSync(copy.file).size).toBe(0);
      addRows(target.database.file, 3);

      await playOn(target, 'backUp', [copy]);

      expect(await seenInBackup(target, STAMP)).toEqual({ rows: ROWS + 3, check: 'ok' });
    });
  });

  test('is made again of what was stored, when it was', async () => {
    await withPlace('cut', async ({ directory, settle, cut }) => {
      const target = furnishedIn(directory, 'WAL');
      settle();
      const { backups } = systemsOf(target);
      const copy = await backups.snapshot(STAMP);
      const stored = await backups.store(STAMP);
      cut();
      expect(statSync(copy.file).size).toBe(0);
      addRows(target.database.file, 3);

      await playOn(target, 'backUp', [copy, stored]);

      expect(await seenInBackup(target, STAMP)).toEqual({ rows: ROWS, check: 'ok' });
    });
  });
});
