import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { spoilIndexPage } from '../../support/spoil-index-page.ts';
import { ROWS, test } from '../../support/target.ts';
import {
  addRows,
  beside,
  damagePages,
  leaveInLog,
  seenIn,
} from '../database/support/database-files.ts';
import { backUp, namesIn, NEWER, withOlderBackup } from '../database/support/fixtures.ts';
import { BACKUP, play, STAMP, systemsOf } from '../database/support/scenarios.ts';

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

    expect(first.backup).toMatchObject({
      id: STAMP,
      class: 'pre-recovery',
      rows: ROWS + NEWER,
      checks: ['sha256', 'integrity_check', 'row counts', 'schema'],
    });
    expect(second).toEqual(first);
    expect(beside(file)).toEqual([]);
    expect(beside(first.backup!.file)).toEqual([]);
    const staged = await systemsOf(target).database.stage(first.backup!, '20260106_000000');
    expect(seenIn(staged.file)?.rows).toBe(ROWS + NEWER);
  });

  test('takes the rows of database files that were kept raw', async ({ target }) => {
    await withOlderBackup(target);
    leaveInLog(target.database.file, 9);
    await play(target, 'restoreRaw');

    const adopted = await systemsOf(target).backups.adoptKept(STAMP);

    expect(adopted.backup?.rows).toBe(ROWS + NEWER + 9);
    expect(beside(target.database.file)).toEqual([]);
  });

  test('answers nothing when nothing was kept', async ({ target }) => {
    expect(await systemsOf(target).backups.adoptKept(STAMP)).toEqual({});
    expect(namesIn(target.backups.directory)).toEqual([]);
  });

  for (const [what, damage, finding] of [
    ['pages are damaged', damagePages, /^The database from before is damaged: /],
    [
      'only an index is damaged, which quick_check does not see',
      spoilIndexPage,
      /^The database from before is damaged: integrity_check says ".*by_region"/,
    ],
  ] as const)
    test(`is no rollback point when ${what}, and says where the file stays`, async ({ target }) => {
      const { file } = target.database;
      addRows(file, 3000);
      await withOlderBackup(target);
      await play(target, 'restore');
      const kept = `${file}.pre-${STAMP}`;
      damage(kept);
      const before = readFileSync(kept);

      const offered = await systemsOf(target).backups.adoptKept(STAMP);

      expect(offered).toEqual({ damage: expect.stringMatching(finding) });
      expect(offered.damage).toContain(`It stays as "${kept}"`);
      expect(readFileSync(kept)).toEqual(before);
      expect(beside(file)).toEqual([`.pre-${STAMP}`]);
      expect(namesIn(target.backups.directory)).toEqual([BACKUP]);
    });

  test('puts off no full check of the live database: it is another one', async ({ target }) => {
    await withOlderBackup(target);
    await play(target, 'restore');
    await systemsOf(target).backups.adoptKept(STAMP);
    rmSync(join(target.backups.directory, BACKUP), { recursive: true });

    const next = await backUp(target, { stamp: '20260106_000000' });

    expect(next.checks).toContain('integrity_check');
  });
});
