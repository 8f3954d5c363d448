import { describe, expect } from 'vitest';
import { ROWS, test } from '../../support/target.ts';
import { NEWER, namesIn, withOlderBackup } from '../sqlite-support/fixtures.ts';
import { BACKUP, play, STAMP, systemsOf } from '../sqlite-support/scenarios.ts';
import { addRows, beside, damagePages, leaveInLog, seenIn } from '../sqlite-support/sets.ts';

describe('backups.adoptKept', () => {
  test('makes the kept database a backup that can be restored, in place of the kept file', async ({
    target,
  }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    await play(target, 'restore');
    const { backups } = systemsOf(target);

    const first = await backups.adoptKept(STAMP);
    const second = await backups.adoptKept(STAMP);

    expect(first).toMatchObject({ id: STAMP, class: 'pre-recovery', rows: ROWS + NEWER });
    expect(second).toEqual(first);
    expect(beside(file)).toEqual([]);
    expect(beside(first!.file)).toEqual([]);
    const staged = await systemsOf(target).sqlite.stage(first!, '20260106_000000');
    expect(seenIn(staged.file)?.rows).toBe(ROWS + NEWER);
  });

  test('takes the rows of a set that was kept raw', async ({ target }) => {
    await withOlderBackup(target);
    leaveInLog(target.database.file, 9);
    await play(target, 'restoreRaw');

    const adopted = await systemsOf(target).backups.adoptKept(STAMP);

    expect(adopted?.rows).toBe(ROWS + NEWER + 9);
    expect(beside(target.database.file)).toEqual([]);
  });

  test('answers nothing when nothing was kept', async ({ target }) => {
    expect(await systemsOf(target).backups.adoptKept(STAMP)).toBeUndefined();
    expect(namesIn(target.backups.directory)).toEqual([]);
  });

  test('leaves the kept file alone when it cannot be proven', async ({ target }) => {
    const { file } = target.database;
    addRows(file, 3000);
    await withOlderBackup(target);
    await play(target, 'restore');
    damagePages(`${file}.pre-${STAMP}`);

    await expect(systemsOf(target).backups.adoptKept(STAMP)).rejects.toMatchObject({
      type: 'BackupDamaged',
    });

    expect(beside(file)).toEqual([`.pre-${STAMP}`]);
    expect(namesIn(target.backups.directory)).toEqual([BACKUP]);
  });
});
