import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { figuresOf } from '../../../src/activities/health/figures-of.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { withKey } from '../artefact/age-key.ts';

describe('backups.key', () => {
  test('says that the key is gone before a backup has to be opened', async ({ target }) => {
    const encrypted = await withKey(target);
    await takeBackup(encrypted);
    rmSync(join(target.directory, 'backup.key'));

    expect(await keyOf(encrypted)).toMatchObject({
      verdict: 'critical',
      value: 1,
      note: 'No encrypted backup can be opened: Cannot read the key "file:backup.key" of the backups: it is missing',
      action: expect.stringContaining('Bring the key back'),
    });
  });

  test('says so of another key in its place, though it is a key', async ({ target }) => {
    const encrypted = await withKey(target);
    const id = await takeBackup(encrypted);
    const other = await withKey(target);

    expect(await keyOf(other)).toMatchObject({
      verdict: 'critical',
      note: expect.stringContaining('the key "file:backup.key" does not open it'),
    });

    renameSync(join(target.backups.directory, id), join(target.directory, 'elsewhere'));
    expect(await keyOf(other)).toMatchObject({ verdict: 'ok', value: 0 });
  });

  test('is ok while it opens the newest, which a damaged manifest does not hide', async ({
    target,
  }) => {
    const encrypted = await withKey(target);
    const id = await takeBackup(encrypted, { ago: 2 });
    const newer = await takeBackup(encrypted);
    writeFileSync(join(target.backups.directory, newer, 'manifest.json'), '{');

    expect(readdirSync(target.backups.directory)).toHaveLength(2);
    expect(await keyOf(encrypted)).toMatchObject({
      verdict: 'ok',
      note: `It opens the newest encrypted backup, "${id}"`,
    });
  });

  test('is unknown, and no false alarm, where the backup itself cannot be read', async ({
    target,
  }) => {
    const encrypted = await withKey(target);
    const id = await takeBackup(encrypted);
    for (const name of readdirSync(join(target.backups.directory, id)))
      if (name.endsWith('.age')) rmSync(join(target.backups.directory, id, name));

    expect(await keyOf(encrypted)).toMatchObject({ verdict: 'unknown' });
  });

  test('is no figure where backups are not encrypted', async ({ target }) => {
    expect(await keyOf(target)).toBeUndefined();
  });
});

async function keyOf(target: SqliteTarget) {
  const figures = await figuresOf(target, { answers: 1 });
  return figures.find(({ name }) => name === 'backups.key');
}
