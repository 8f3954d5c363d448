import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { ROWS, test } from '../../support/target.ts';
import { addRows, beside, damagePages, seenIn } from './support/database-files.ts';
import { NEWER, refusal, restored, withOlderBackup } from './support/fixtures.ts';
import { whileWritten } from './support/processes.ts';
import { play, STAMP } from './support/scenarios.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('database.swap', () => {
  test('restores once: a second call leaves the rows written since', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);
    await database.keep(STAMP, { verdict: 'sound' });

    const first = await database.swap(staged);
    addRows(file, 3);
    const second = await whileWritten(target, 'WAL', () => database.swap(staged));

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(await database.isLive(staged)).toBe(true);
    expect(seenIn(file)!.rows).toBeGreaterThan(ROWS + 2);
  });

  for (const sidecar of ['-wal', '-shm', '-journal']) {
    test(`refuses beside a stale ${sidecar}`, async ({ target }) => {
      const database = databaseActivities(target);
      const staged = await database.stage(await withOlderBackup(target), STAMP);
      await database.keep(STAMP, { verdict: 'sound' });
      writeFileSync(`${target.database.file}${sidecar}`, '');

      const refused = await refusal(database.swap(staged));

      expect(refused).toMatchObject({ type: 'StaleSidecar', nonRetryable: true });
      expect(await database.isLive(staged)).toBe(false);
    });
  }

  test('refuses when the staged copy is gone, or another file has its name', async ({ target }) => {
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);
    renameSync(staged.file, `${staged.file}.elsewhere`);
    await expect(database.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    writeFileSync(staged.file, 'another');

    await expect(database.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    expect(seenIn(target.database.file)).toEqual(OLD);
  });

  test('refuses while a process has the live file open', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);

    await whileWritten(target, 'DELETE', async () => {
      await expect(database.swap(staged)).rejects.toMatchObject({ type: 'DatabaseInUse' });
    });
  });

  test('replaces the real file of a symbolic link, and leaves the link', async ({
    target,
    directory,
  }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    mkdirSync(join(directory, 'data'));
    renameSync(file, join(directory, 'data', 'real.db'));
    symlinkSync(join('data', 'real.db'), file);

    await play(target, 'restore');

    expect(seenIn(join(directory, 'data', 'real.db'))?.rows).toBe(ROWS);
    expect(seenIn(file)?.rows).toBe(ROWS);
    expect(beside(join(directory, 'data', 'real.db'))).toEqual([PRE]);
  });
});

describe('database.expectLive', () => {
  test('proves the live file and leaves nothing beside it', async ({ target }) => {
    const { staged, database } = await restored(target);

    const live = await database.expectLive(staged);

    expect(live).toEqual({ rows: ROWS, integrity: 'ok', sha256: staged.sha256 });
    expect(beside(target.database.file)).toEqual([PRE]);
  });

  test('names what differs: a byte, the file, the rows, the journal mode, a sidecar', async ({
    target,
  }) => {
    const { file } = target.database;
    const { staged, database } = await restored(target);
    const differs = (text: RegExp, expected = staged) =>
      expect(database.expectLive(expected)).rejects.toMatchObject({
        type: 'RestoredDiffers',
        nonRetryable: true,
        message: expect.stringMatching(text),
      });

    await differs(/rows in indicators 500, expected 1$/, { ...staged, rows: 1 });
    await differs(/file \d+, expected 1$/, { ...staged, inode: '1' });
    await differs(/journal mode wal, expected delete$/, { ...staged, journalMode: 'delete' });
    writeFileSync(`${file}-journal`, '');
    await differs(/found ".*app.db-journal"/);
    rmSync(`${file}-journal`);
    damagePages(file);
    await differs(/sha256 \w+, expected \w+/);
  });
});
