import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/support/backups/backup-store.ts';
import { Manifest } from '../../../src/activities/support/backups/manifest.ts';
import type { Target } from '../../../src/config/target.ts';
import { ROWS, test } from '../../support/target.ts';
import { backUp, NEWER, namesIn, withOlderBackup } from '../sqlite-support/fixtures.ts';
import { BACKUP, play, RUN, STAMP, systemsOf } from '../sqlite-support/scenarios.ts';
import { addRows, beside, damagePages, leaveInLog, seenIn } from '../sqlite-support/sets.ts';

const CHECKS = ['sha256', 'quick_check', 'row counts', 'schema'];

describe('backups.seal', () => {
  test('makes a backup of a verified copy, with everything that proves it', async ({ target }) => {
    const backup = await backUp(target);

    expect(backup).toMatchObject({ id: BACKUP, class: 'daily', rows: ROWS, checks: CHECKS });
    expect(namesIn(target.backups.directory)).toEqual([BACKUP]);
    expect(namesIn(join(target.backups.directory, BACKUP))).toEqual(['app.db', 'manifest.json']);
    expect(manifestOf(target)).toMatchObject({
      version: 1,
      run: RUN,
      target: target.name,
      takenAt: backup.takenAt,
      database: { tables: { indicators: ROWS }, keyTable: 'indicators', journalMode: 'wal' },
    });
  });

  test('answers a second call with the same backup, and another run with a refusal', async ({
    target,
  }) => {
    const { sqlite, backups } = systemsOf(target);
    const copy = await sqlite.snapshot(STAMP);
    const proof = await backups.verify(STAMP);

    const first = await backups.seal(STAMP, 'daily', copy, proof);
    const second = await backups.seal(STAMP, 'daily', copy, proof);

    expect(second).toEqual(first);
    const other = systemsOf(target, 'other/run').backups;
    await expect(other.seal(STAMP, 'daily', copy, proof)).rejects.toMatchObject({
      type: 'BackupExists',
      nonRetryable: true,
    });
  });

  test('refuses a copy that changed since it was verified', async ({ target }) => {
    const { sqlite, backups } = systemsOf(target);
    const copy = await sqlite.snapshot(STAMP);
    const proof = await backups.verify(STAMP);
    truncateSync(copy.file, 4096);

    await expect(backups.seal(STAMP, 'daily', copy, proof)).rejects.toMatchObject({
      type: 'BackupDamaged',
    });
    expect(listBackups(target.backups.directory)).toMatchObject([{ state: 'incomplete' }]);
  });
});

describe('backups.verify', () => {
  test('refuses a damaged copy, a missing one, and one without the key table', async ({
    target,
  }) => {
    const { sqlite, backups } = systemsOf(target);
    addRows(target.database.file, 3000);
    const copy = await sqlite.snapshot(STAMP);
    const keyless = { ...target, database: { ...target.database, keyTable: 'absent' } };

    await expect(systemsOf(keyless).backups.verify(STAMP)).rejects.toMatchObject({
      type: 'BackupDamaged',
      message: expect.stringContaining('no such table: absent'),
    });
    damagePages(copy.file);
    await expect(backups.verify(STAMP)).rejects.toMatchObject({ type: 'BackupDamaged' });
    rmSync(copy.file);
    await expect(backups.verify(STAMP)).rejects.toMatchObject({
      type: 'BackupDamaged',
      nonRetryable: true,
    });
  });
});

describe('backups.discard', () => {
  test('removes what is in the making, never a sealed backup or that of another run', async ({
    target,
  }) => {
    const { sqlite, backups } = systemsOf(target);
    await backUp(target);
    await sqlite.snapshot(STAMP);

    const others = await systemsOf(target, 'other/run').backups.discard(STAMP);
    const first = await backups.discard(STAMP);
    const second = await backups.discard(STAMP);
    const sealed = await backups.discard(BACKUP);

    expect([others, first, second, sealed].map(({ changed }) => changed)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(namesIn(target.backups.directory)).toEqual([BACKUP]);
  });
});

describe('backups.find', () => {
  test('finds by id, the latest, and the newest strictly before a time', async ({ target }) => {
    const { backups } = systemsOf(target);
    await taken(target, '20260101_010000', '2026-01-01T01:00:00.000Z');
    await taken(target, '20260103_010000', '2026-01-03T01:00:00.000Z');
    // Its run began first, its copy was taken last.
    await taken(target, '20260102_010000', '2026-01-04T01:00:00.000Z');
    const idOf = async (reference: string) => (await backups.find(reference)).id;

    expect(await idOf('20260101_010000')).toBe('20260101_010000');
    expect(await idOf('latest')).toBe('20260102_010000');
    expect(await idOf('before 2026-01-04T01:00:00Z')).toBe('20260103_010000');
    expect(await idOf('before 2026-01-03T02:00:00+02:00')).toBe('20260101_010000');
  });

  test('never takes what a recovery kept for the latest', async ({ target }) => {
    await withOlderBackup(target);
    await play(target, 'restore');
    const { backups } = systemsOf(target);
    await backups.adoptKept(STAMP);

    expect((await backups.find('latest')).id).toBe(BACKUP);
    expect((await backups.find(STAMP)).rows).toBe(ROWS + NEWER);
  });

  test('refuses what is no reference before it looks anywhere', async ({ target }) => {
    for (const reference of ['../../etc/passwd', '', `${BACKUP}/..`, 'before then', 'newest'])
      await expect(systemsOf(target).backups.find(reference)).rejects.toMatchObject({
        type: 'InvalidInput',
        nonRetryable: true,
      });
  });

  test('lists the newest five when there is no such backup', async ({ target }) => {
    const { backups } = systemsOf(target);
    const { directory } = target.backups;
    await expect(backups.find('latest')).rejects.toThrow(
      `Cannot find backup "latest" in "${directory}": there are none`,
    );
    for (let day = 1; day < 8; day += 1)
      await taken(target, `2026010${day}_010000`, `2026-01-0${day}T01:00:00.000Z`);

    await expect(backups.find('20250101_000000')).rejects.toMatchObject({
      type: 'BackupNotFound',
      message:
        `Cannot find backup "20250101_000000" in "${directory}": there are ` +
        '20260107_010000, 20260106_010000, 20260105_010000, 20260104_010000, 20260103_010000',
    });
  });

  test('refuses a backup whose manifest cannot be understood', async ({ target }) => {
    const { backups } = systemsOf(target);
    await backUp(target);
    const file = join(target.backups.directory, BACKUP, 'manifest.json');
    const good = readFileSync(file, 'utf8');

    for (const bad of ['{', '{}', good.replace('"version": 1', '"version": 2'), '']) {
      writeFileSync(file, bad);
      await expect(backups.find(BACKUP)).rejects.toMatchObject({ type: 'BackupDamaged' });
    }
    // A manifest never leads out of its directory.
    writeFileSync(file, good.replace('"file": "app.db"', '"file": "../app.db"'));
    await expect(backups.find(BACKUP)).rejects.toMatchObject({ type: 'BackupDamaged' });
    await expect(backups.find('latest')).rejects.toMatchObject({ type: 'BackupNotFound' });
  });
});

describe('backups.expectRoom', () => {
  test('tells what is needed and what is there', async ({ target }) => {
    const { note } = await systemsOf(target).backups.expectRoom();

    expect(note).toMatch(/^[\d.]+ MiB needed, [\d.]+ MiB available$/);
  });
});

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

describe('listBackups', () => {
  test('tells the state of everything that is or may become a backup, newest first', async ({
    target,
  }) => {
    const { directory } = target.backups;
    await backUp(target, { stamp: '20260101_010000' });
    await backUp(target, { stamp: '20260102_010000', kind: 'weekly' });
    writeFileSync(join(directory, '20260102_010000', 'manifest.json'), 'half');
    await backUp(target, { stamp: '20260103_010000' });
    truncateSync(join(directory, '20260103_010000', 'app.db'), 4096);
    await systemsOf(target).sqlite.snapshot('20260104_010000');
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
      note: `Passed ${CHECKS.join(', ')}`,
    });
  });

  test('tells nothing of a directory that is not there', ({ directory }) => {
    expect(listBackups(join(directory, 'nowhere'))).toEqual([]);
  });
});

function manifestOf(target: Target, id = BACKUP): Manifest {
  const file = join(target.backups.directory, id, 'manifest.json');
  return Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** A backup whose copy was taken at another time. */
async function taken(target: Target, stamp: string, takenAt: string): Promise<void> {
  const { sqlite, backups } = systemsOf(target);
  const copy = await sqlite.snapshot(stamp);
  await backups.seal(stamp, 'daily', { ...copy, takenAt }, await backups.verify(stamp));
}
