import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import {
  backupPaths,
  listBackups,
} from '../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, test } from '../../support/target.ts';
import { FORMATS, withCompression, withFormat } from '../artefact/age-key.ts';
import { addRows, beside, seenIn } from '../database/support/database-files.ts';
import { backUp, NEWER, refusal, withOlderBackup } from '../database/support/fixtures.ts';
import { seenInBackup } from '../database/support/opened.ts';
import { BACKUP, play, STAMP, systemsOf } from '../database/support/scenarios.ts';
import { writeUnsigned } from './support/write-manifest.ts';

describe('a backup of every format', () => {
  for (const format of FORMATS)
    test(`is listed, found, restored and adopted: ${format}`, async ({ target }) => {
      const formatted = await withFormat(target, format);
      const { file } = target.database;
      await withOlderBackup(formatted);

      await play(formatted, 'restore');
      const { backup: kept } = await systemsOf(formatted).backups.adoptKept(STAMP);

      expect(listBackups(target.backups.directory).map((one) => [one.id, one.format])).toEqual([
        [STAMP, format],
        [BACKUP, format],
      ]);
      expect(seenIn(file)).toEqual({ rows: ROWS, check: 'ok' });
      expect(kept).toMatchObject({ class: 'pre-recovery', rows: ROWS + NEWER });
      expect(await seenInBackup(formatted, STAMP)).toEqual({ rows: ROWS + NEWER, check: 'ok' });
      expect(beside(file)).toEqual([]);
    });

  test('of version 1 is listed, found and restored as before', async ({ target }) => {
    await versionOne(target);
    addRows(target.database.file, NEWER);

    await play(target, 'restore');

    expect(listBackups(target.backups.directory)).toMatchObject([
      {
        id: BACKUP,
        state: 'verified',
        rows: ROWS,
        format: 'none',
        note: 'Passed sha256, quick_check, row counts, schema; integrity_check last ran never',
      },
    ]);
    expect(seenIn(target.database.file)).toEqual({ rows: ROWS, check: 'ok' });
  });

  test('keeps its bytes when it is restored under another policy', async ({ target }) => {
    const encrypted = await withFormat(target, 'zstd, age');
    await withOlderBackup(encrypted);

    await play(withCompression(encrypted, 'none'), 'restore');

    expect(seenIn(target.database.file)?.rows).toBe(ROWS);
  });
});

describe('an encrypted backup', () => {
  test('is refused before anything else when its key is missing or another', async ({ target }) => {
    const encrypted = await withFormat(target, 'zstd, age');
    const backup = await withOlderBackup(encrypted);
    const stage = (of: SqliteTarget) => refusal(systemsOf(of).database.stage(backup, STAMP));

    const without = await stage(target);
    const key = join(target.directory, 'backup.key');
    const identity = readFileSync(key, 'utf8').split('\n')[1]!;
    rmSync(key);
    const missing = await stage(encrypted);
    const other = await stage(await withFormat(target, 'none, age'));

    expect([without, missing, other].map(({ type }) => type)).toEqual([
      'KeyMissing',
      'KeyMissing',
      'KeyWrong',
    ]);
    expect(without.message).toBe(
      `Cannot open backup "${BACKUP}": it is encrypted, and the target has no "backups.encryption"`,
    );
    for (const { message } of [without, missing, other]) expect(message).not.toContain(identity);
    expect(beside(target.database.file)).toEqual([]);
  });

  test('is not begun without its key', async ({ target }) => {
    const encrypted = await withFormat(target, 'zstd, age');
    rmSync(join(target.directory, 'backup.key'));

    await expect(systemsOf(encrypted).backups.expectSpace('daily', STAMP)).rejects.toMatchObject({
      type: 'KeyMissing',
    });
  });

  test('is never sealed in the clear', async ({ target }) => {
    const { backups } = systemsOf(await withFormat(target, 'none, age'));
    await backups.snapshot(STAMP);
    const proof = await backups.verify(STAMP);

    await expect(backups.seal(STAMP, 'daily', proof)).rejects.toMatchObject({
      type: 'RunbookBug',
    });
  });
});

describe('backups.find', () => {
  test('takes a backup from the second disk when the first has lost or spoilt it', async ({
    target,
  }) => {
    const copy = join(target.directory, 'second');
    mkdirSync(copy);
    const doubled = { ...target, backups: { ...target.backups, copy } };
    await play(doubled, 'backUpAll');
    const { backups } = systemsOf(doubled);
    const here = await backups.find('latest');
    writeFileSync(here.file, '');

    const spoilt = await backups.find(STAMP);
    rmSync(backupPaths(target.backups.directory, STAMP).final, { recursive: true });
    const lost = await backups.find('latest');

    expect(spoilt.file).toBe(join(copy, STAMP, 'app.db.zst'));
    expect(spoilt.passedOver).toMatch(
      /^The copy of \d{8}_\d{6} in ".*\/backups" is damaged: .* has 0 bytes/,
    );
    expect({ ...lost, passedOver: spoilt.passedOver }).toEqual(spoilt);
    expect(lost.passedOver).toBeUndefined();
    await expect(backups.find('20250101_000000')).rejects.toThrow(target.backups.directory);
  });
});

/** As the first version of this product wrote it: the plain copy, and a manifest that knows of nothing else. */
async function versionOne(target: SqliteTarget): Promise<void> {
  const backup = await backUp(withCompression(target, 'none'));
  const { final, manifest } = backupPaths(target.backups.directory, BACKUP);
  const { archives, fullCheckAt, database, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  const { stored, ...facts } = database;
  const checks = ['sha256', 'quick_check', 'row counts', 'schema'].map((name) => ({
    name,
    milliseconds: 1,
    at: rest.takenAt,
  }));
  const old = { ...rest, version: 1, database: facts, checks };
  writeUnsigned(manifest, old);
  expect(backup.file).toBe(join(final, 'app.db'));
  expect([archives, typeof fullCheckAt, stored.file]).toEqual([[], 'string', 'app.db']);
}
