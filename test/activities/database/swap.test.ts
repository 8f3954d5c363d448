import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { sqliteActivities } from '../../../src/activities/database/database-activities.ts';
import { ROWS, test } from '../../support/target.ts';
import { addRows, beside, damagePages, seenIn } from './support/database-files.ts';
import { NEWER, refusal, restored, withOlderBackup } from './support/fixtures.ts';
import { whileWritten } from './support/processes.ts';
import { play, STAMP } from './support/scenarios.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('sqlite.swap', () => {
  test('restores once: a second call leaves the rows written since', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
    await sqlite.keep(STAMP, { sound: true });

    const first = await sqlite.swap(staged);
    addRows(file, 3);
    const second = await whileWritten(target, 'WAL', () => sqlite.swap(staged));

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(await sqlite.isLive(staged)).toBe(true);
    expect(seenIn(file)!.rows).toBeGreaterThan(ROWS + 2);
  });

  for (const sidecar of ['-wal', '-shm', '-journal']) {
    test(`refuses beside a stale ${sidecar}`, async ({ target }) => {
      const sqlite = sqliteActivities(target);
      const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
      await sqlite.keep(STAMP, { sound: true });
      writeFileSync(`${target.database.file}${sidecar}`, '');

      const refused = await refusal(sqlite.swap(staged));

      expect(refused).toMatchObject({ type: 'StaleSidecar', nonRetryable: true });
      expect(await sqlite.isLive(staged)).toBe(false);
    });
  }

  test('refuses when the staged copy is gone, or another file has its name', async ({ target }) => {
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
    renameSync(staged.file, `${staged.file}.elsewhere`);
    await expect(sqlite.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    writeFileSync(staged.file, 'another');

    await expect(sqlite.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    expect(seenIn(target.database.file)).toEqual(OLD);
  });

  test('refuses while a process has the live file open', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);

    await whileWritten(target, 'DELETE', async () => {
      await expect(sqlite.swap(staged)).rejects.toMatchObject({ type: 'DatabaseInUse' });
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

describe('sqlite.expectLive', () => {
  test('proves the live file and leaves nothing beside it', async ({ target }) => {
    const { staged, sqlite } = await restored(target);

    const live = await sqlite.expectLive(staged);

    expect(live).toEqual({ rows: ROWS, integrity: 'ok', sha256: staged.sha256 });
    expect(beside(target.database.file)).toEqual([PRE]);
  });

  test('names what differs: a byte, the file, the rows, the journal mode, a sidecar', async ({
    target,
  }) => {
    const { file } = target.database;
    const { staged, sqlite } = await restored(target);
    const differs = (text: RegExp, expected = staged) =>
      expect(sqlite.expectLive(expected)).rejects.toMatchObject({
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
