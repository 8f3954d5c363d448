import { readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { Manifest } from '../../../src/activities/artefact/manifest.ts';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, test } from '../../support/target.ts';
import { addRows, damagePages } from '../database/support/database-files.ts';
import { backUp, namesIn } from '../database/support/fixtures.ts';
import { BACKUP, RUN, STAMP, systemsOf } from '../database/support/scenarios.ts';

const CHECKS = ['sha256', 'integrity_check', 'row counts', 'schema'];

describe('backups.expectSpace', () => {
  test('tells what is needed and what is there', async ({ target }) => {
    const { note } = await systemsOf(target).backups.expectSpace('daily', STAMP);

    expect(note).toMatch(/^[\d.]+ MiB needed, [\d.]+ MiB available$/);
  });
});

describe('backups.verify', () => {
  test('refuses a damaged copy, a missing one, and one without the key table', async ({
    target,
  }) => {
    const { backups } = systemsOf(target);
    addRows(target.database.file, 3000);
    const copy = await backups.snapshot(STAMP);
    await backups.store(STAMP);
    const keyless = { ...target, database: { ...target.database, keyTable: 'absent' } };

    await expect(systemsOf(keyless).backups.verify(STAMP)).rejects.toMatchObject({
      type: 'BackupDamaged',
      message: expect.stringContaining('no such table: absent'),
    });
    damagePages(copy.file);
    await expect(backups.verify(STAMP)).rejects.toMatchObject({
      type: 'DatabaseCorrupt',
      message: expect.stringMatching(/^The live database ".*" is damaged: integrity_check of its/),
    });
    rmSync(copy.file);
    await expect(backups.verify(STAMP)).rejects.toMatchObject({
      type: 'BackupDamaged',
      nonRetryable: true,
    });
  });
});

describe('backups.seal', () => {
  test('makes a backup of a verified copy, with everything that proves it', async ({ target }) => {
    const backup = await backUp(target);

    expect(backup).toMatchObject({ id: BACKUP, class: 'daily', rows: ROWS, checks: CHECKS });
    expect(namesIn(target.backups.directory)).toEqual([BACKUP]);
    expect(namesIn(join(target.backups.directory, BACKUP))).toEqual([
      'app.db.zst',
      'manifest.json',
      'manifest.json.sig',
    ]);
    expect(manifestOf(target)).toMatchObject({
      version: 2,
      run: RUN,
      target: target.name,
      takenAt: backup.takenAt,
      database: { tables: { indicators: ROWS }, keyTable: 'indicators', journalMode: 'wal' },
      fullCheckAt: expect.any(String),
    });
  });

  test('answers a second call with the same backup, and another run with a refusal', async ({
    target,
  }) => {
    const { backups } = systemsOf(target);
    await backups.snapshot(STAMP);
    await backups.store(STAMP);
    const proof = await backups.verify(STAMP);

    const first = await backups.seal(STAMP, 'daily', proof);
    const second = await backups.seal(STAMP, 'daily', proof);

    expect(second).toEqual(first);
    const other = systemsOf(target, 'other/run').backups;
    await expect(other.seal(STAMP, 'daily', proof)).rejects.toMatchObject({
      type: 'BackupExists',
      nonRetryable: true,
    });
  });

  test('refuses what changed since it was verified', async ({ target }) => {
    const { backups } = systemsOf(target);
    const copy = await backups.snapshot(STAMP);
    await backups.store(STAMP);
    const proof = await backups.verify(STAMP);
    truncateSync(`${copy.file}.zst`, 1000);

    await expect(backups.seal(STAMP, 'daily', proof)).rejects.toMatchObject({
      type: 'BackupDamaged',
    });
    expect(listBackups(target.backups.directory)).toMatchObject([{ state: 'incomplete' }]);
  });
});

describe('backups.discard', () => {
  test('removes what is in the making, never a sealed backup or that of another run', async ({
    target,
  }) => {
    const { backups } = systemsOf(target);
    await backUp(target);
    await backups.snapshot(STAMP);

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
    expect(first.sealed).toBe(false);
    expect(namesIn(target.backups.directory)).toEqual([BACKUP]);
  });
});

function manifestOf(target: SqliteTarget, id = BACKUP): Manifest {
  const file = join(target.backups.directory, id, 'manifest.json');
  return Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
}
