import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { countRows, fill, ROWS, test } from '../../support/target.ts';
import { addRows, beside, leaveHotJournal, leaveInLog, seenIn } from './support/database-files.ts';
import { namesIn } from './support/fixtures.ts';
import { whileWritten } from './support/processes.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

describe('backups.snapshot', () => {
  test('copies rows that are in the log only, into one private file', async ({ target }) => {
    leaveInLog(target.database.file, 9);

    const copy = await systemsOf(target).backups.snapshot(STAMP);

    expect(copy).toMatchObject({
      changed: true,
      journalMode: 'wal',
      sqliteVersion: expect.stringMatching(/^\d+\.\d+/),
    });
    expect(copy.file).toBe(join(target.backups.directory, `${STAMP}.part`, 'app.db'));
    expect(statSync(copy.file)).toMatchObject({ size: copy.bytes });
    expect(statSync(copy.file).mode & 0o777).toBe(0o600);
    expect(readFileSync(copy.file).subarray(18, 20)).toEqual(Buffer.from([1, 1]));
    expect(beside(copy.file)).toEqual([]);
    expect(seenIn(copy.file)).toEqual({ rows: ROWS + 9, check: 'ok' });
  });

  test('leaves the live database files as it found them', async ({ target }) => {
    const before = beside(target.database.file);

    await systemsOf(target).backups.snapshot(STAMP);

    expect(beside(target.database.file)).toEqual(before);
  });

  test('keeps the first copy when a retry asks again', async ({ target }) => {
    const { backups } = systemsOf(target);

    const first = await backups.snapshot(STAMP);
    addRows(target.database.file, 3);
    const second = await backups.snapshot(STAMP);

    expect(second).toEqual({ ...first, changed: false });
    expect(seenIn(second.file)?.rows).toBe(ROWS);
  });

  for (const journal of ['WAL', 'DELETE'] as const) {
    test(`ends and is consistent beside a writer in ${journal} mode`, async ({ target }) => {
      fill(target.database.file, 30_000, journal);

      await whileWritten(target, journal, async () => {
        for (const stamp of ['20260105_020001', '20260105_020002', '20260105_020003']) {
          const least = countRows(target.database.file);
          const copy = await systemsOf(target).backups.snapshot(stamp);
          const most = countRows(target.database.file);

          const { rows, check } = seenIn(copy.file)!;
          expect(check).toBe('ok');
          expect(rows).toBeGreaterThanOrEqual(least);
          expect(rows).toBeLessThanOrEqual(most);
          expect(copy.journalMode).toBe(journal.toLowerCase());
        }
      });
    });
  }

  test('copies what was committed, without what a killed application had not', async ({
    target,
  }) => {
    leaveHotJournal(target.database.file);

    const copy = await systemsOf(target).backups.snapshot(STAMP);

    expect(seenIn(copy.file)).toEqual({ rows: ROWS, check: 'ok' });
  });

  test('refuses what SQLite would copy as an empty database', async ({ target }) => {
    const { file } = target.database;
    const { backups } = systemsOf(target);

    writeFileSync(file, 'no database '.repeat(1000));
    await expect(backups.snapshot(STAMP)).rejects.toMatchObject({ type: 'DatabaseCorrupt' });
    truncateSync(file);
    await expect(backups.snapshot(STAMP)).rejects.toMatchObject({ type: 'DatabaseEmpty' });
    rmSync(file);
    await expect(backups.snapshot(STAMP)).rejects.toMatchObject({
      type: 'DatabaseMissing',
      nonRetryable: true,
    });
  });

  test('refuses the name of a backup that another run makes or has made', async ({ target }) => {
    const other = systemsOf(target, 'other/run').backups;
    await systemsOf(target, 'test/run').backups.snapshot(STAMP);

    await expect(other.snapshot(STAMP)).rejects.toMatchObject({ type: 'BackupExists' });

    mkdirSync(join(target.backups.directory, '20260105_020009'));
    await expect(other.snapshot('20260105_020009')).rejects.toMatchObject({ type: 'BackupExists' });
    expect(namesIn(target.backups.directory)).toEqual(['20260105_020000.part', '20260105_020009']);
  });
});
