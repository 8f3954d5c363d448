import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { ROWS, test } from '../../support/target.ts';
import { backUp, NEWER, withOlderBackup } from '../database/support/fixtures.ts';
import { BACKUP, play, STAMP, systemsOf } from '../database/support/scenarios.ts';
import { writeUnsigned } from './support/write-manifest.ts';

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

  test('takes no backup that is dated ahead of this clock for the latest, and names it', async ({
    target,
  }) => {
    const { backups } = systemsOf(target);
    const ahead = new Date(Date.now() + 20 * 60_000);
    const name = stampOf(ahead);
    await taken(target, name, ahead.toISOString());
    await expect(backups.find('latest')).rejects.toThrow(
      `(${name} is dated ahead of this clock, so that only its id will do): there are ${name}`,
    );
    // Clocks of two hosts differ a little.
    const soon = new Date(Date.now() + 60_000);
    await taken(target, '20260101_010000', soon.toISOString());

    const latest = await backups.find('latest');
    const before = await backups.find('before 2999-01-01T00:00:00Z');
    const byId = await backups.find(name);

    expect([latest.id, before.id, byId.id]).toEqual(['20260101_010000', '20260101_010000', name]);
    expect([latest, before, byId].map(({ passedOver }) => passedOver)).toEqual([
      `${name} is dated ahead of this clock, so that only its id will do`,
      `${name} is dated ahead of this clock, so that only its id will do`,
      undefined,
    ]);
  });

  test('takes nothing that only differs from another backup, says so, and keeps that other one', async ({
    target,
  }) => {
    const { backups } = systemsOf(target);
    await taken(target, '20250101_010000', '2025-01-01T01:00:00.000Z');
    await taken(target, '20260101_010000', '2026-01-01T01:00:00.000Z');
    await taken(target, '20260102_010000', '2026-01-02T01:00:00.000Z');
    await taken(target, '20260103_010000', '2026-01-03T01:00:00.000Z');
    const file = join(target.backups.directory, '20260103_010000/manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const base = { id: '20250101_010000', sha256: 'a'.repeat(64) };
    writeUnsigned(file, { ...manifest, base });

    const latest = await backups.find('latest');
    const byId = backups.find('20260103_010000');
    const [place] = await backups.planPrune(new Date().toISOString());

    expect(latest.id).toBe('20260102_010000');
    expect(latest.passedOver).toMatch(
      /^20260103_010000 is newer, and not taken, being unreadable: .* differs from "20250101_010000"/,
    );
    await expect(byId).rejects.toMatchObject({
      type: 'BackupUnreadable',
      message: expect.stringContaining('choose another'),
    });
    expect(place!.keep.map(({ id, reason }) => [id, reason])).toContainEqual([
      '20250101_010000',
      'held by 20260103_010000',
    ]);
    expect(place!.remove).toEqual([]);
  });

  test('means what retention keeps as the newest, whatever the clocks said', async ({ target }) => {
    const { backups } = systemsOf(target);
    target.backups.minimum = 1;
    const minutes = [-60, -1, 1, 4, 20, 600];
    for (const after of minutes) {
      const time = new Date(Date.now() + after * 60_000);
      await taken(target, stampOf(time), time.toISOString());
    }

    const { id } = await backups.find('latest');
    const [place] = await backups.planPrune(new Date().toISOString());

    expect(place!.keep.find(({ reason }) => reason === 'the newest verified')?.id).toBe(id);
    expect(place!.keep.filter(({ reason }) => reason.includes('ahead of'))).toHaveLength(2);
  });

  test('refuses what is no reference before it reads anything', async ({ target }) => {
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

    for (const bad of ['{', '{}', good.replace('"version": 2', '"version": 3'), '']) {
      writeFileSync(file, bad);
      await expect(backups.find(BACKUP)).rejects.toMatchObject({ type: 'BackupDamaged' });
    }
    // A manifest never leads out of its directory.
    writeFileSync(file, good.replace('"file": "app.db.zst"', '"file": "../app.db.zst"'));
    await expect(backups.find(BACKUP)).rejects.toMatchObject({ type: 'BackupDamaged' });
    await expect(backups.find('latest')).rejects.toMatchObject({ type: 'BackupNotFound' });
  });
});

/** A backup whose copy was taken at another time. */
async function taken(target: SqliteTarget, stamp: string, takenAt: string): Promise<void> {
  await backUp(target, { stamp });
  const file = join(target.backups.directory, stamp, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeUnsigned(file, { ...manifest, takenAt });
}
