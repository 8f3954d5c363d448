import { rmSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { addForeignIndex } from '../../support/foreign-schema.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { backUp, type Recovered, recoverWith } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { spoilIndexPage } from '../../support/spoil-index-page.ts';

const latest = { backup: 'latest' };

describe.concurrent('what database-recovery keeps', () => {
  test('names no rollback point to a database whose index is damaged, but where its file is', async ({
    world,
    systems,
    runs,
  }) => {
    const { file } = world.database;
    const { backup } = await backUp(runs);
    await systems.runtime.stop();
    addMark(world, 'written after the backup');
    spoilIndexPage(file);
    await systems.runtime.start();
    await systems.http.expectReady();

    const { ending } = await runs.run('database-recovery', latest);

    expect(ending).toMatchObject({ outcome: 'done', left: [] });
    const { before, kept, rollbackPoint, noRollbackPoint } = ending.output as Recovered;
    expect(rollbackPoint).toBeUndefined();
    expect(noRollbackPoint).toBe(`It is damaged: its file is "${kept}"`);
    expect(before).toMatch(/^Sound by quick_check .* integrity_check says ".*by_region"/);
    expect(ending.ledger.at(-1)).toMatchObject({
      state: 'done',
      note: expect.stringContaining(`It stays as "${kept}"`),
    });
    expect(readMarks({ ...world, database: { ...world.database, file: kept } })).toEqual([
      'written after the backup',
    ]);
    expect(listBackups(world.backups.directory).map(({ id }) => id)).toEqual([backup]);
    await systems.http.expectReady();
  });

  test('leaves nothing of stale sidecars beside the restored database', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    await systems.runtime.stop();
    addMark(world, 'in a log that was left behind', { keepLog: true });
    rmSync(world.database.file);

    const { ending } = await runs.run('database-recovery', latest);

    expect(ending.outcome).toBe('done');
    expect(readMarks(world)).toEqual([]);
    await systems.http.expectReady();
  });

  test('brings back one that could not be judged here, when it fails', async ({
    world,
    systems,
    runs,
  }) => {
    const fault = 'a restored file that is not the proven one';

    const ending = await recoverWith(fault, 'unclear', { world, runs });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(readMarks(world)).toEqual(['written after the backup']);
    await systems.http.expectReady();
  });

  test('makes one that could not be judged here a backup, which brings it back and says so', async ({
    world,
    runs,
  }) => {
    await backUp(runs);
    addMark(world, 'written after the backup');
    addForeignIndex(world.database.file);

    const { ending } = await runs.run('database-recovery', latest);
    const { rollbackPoint } = ending.output as { rollbackPoint: string };
    const { ending: back } = await runs.run('database-recovery', { backup: rollbackPoint });

    expect([ending.outcome, back.outcome]).toEqual(['done', 'done']);
    expect(back.ledger.find(({ id }) => id === 'stage')?.note).toBe(
      'passed sha256, pages, row counts, schema; not proven: quick_check of "named" (no such collation sequence: de_phone)',
    );
    expect(readMarks(world)).toEqual(['written after the backup']);
  });
});
