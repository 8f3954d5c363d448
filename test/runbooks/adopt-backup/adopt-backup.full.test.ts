import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import {
  backupPaths,
  readManifest,
} from '../../../src/activities/backups/catalogue/backup-store.ts';
import { BackupId } from '../../../src/config/backup-id.ts';
import { test } from '../../support/run.ts';
import { UNMANAGED_COPY, leaveUnmanagedCopy } from '../../support/unmanaged-copy.ts';

describe('adopt-backup', () => {
  test('makes a backup of a copy that was taken without us, once, and can recover from it', async ({
    world,
    runs,
  }) => {
    const file = leaveUnmanagedCopy(world);

    const first = await runs.run('adopt-backup', { file });
    const second = await runs.run('adopt-backup', { file: UNMANAGED_COPY });
    const recovery = await runs.run('database-recovery', { backup: 'latest' });

    expect(first.ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    const { backup } = first.ending.output as { backup: string };
    const { manifest } = backupPaths(world.backups.directory, BackupId.parse(backup));
    const checks = readManifest(BackupId.parse(backup), manifest).checks.map(({ name }) => name);
    expect(checks).toEqual(expect.arrayContaining(['integrity_check', 'sha256']));
    expect(new Set(checks).size).toBe(checks.length);
    expect(first.ending.output).toMatchObject({
      class: 'adopted',
      keptUntil: expect.stringMatching(/^2026-0\d-\d\dT02:00:00.000Z$/),
    });
    expect(first.ending.ledger.at(-1)?.note).toMatch(
      /\. Retention deletes it as "adopted" (with the next prune|after 2026-\S+), unless it is pinned or one of the newest$/,
    );
    expect(first.ending.output).toMatchObject({ takenAt: '2026-01-01T02:00:00.000Z', file });
    expect(second.ending).toMatchObject({ outcome: 'done', output: { backup, changed: false } });
    expect(recovery.ending).toMatchObject({ outcome: 'done', output: { backup } });
    expect(existsSync(file)).toBe(true);
  });

  test('refuses a copy that is no database, wakes nobody, and leaves nothing behind', async ({
    world,
    runs,
  }) => {
    const file = leaveUnmanagedCopy(world);
    writeFileSync(file, 'no such luck');

    const { ending } = await runs.run('adopt-backup', { file });

    expect(ending).toMatchObject({
      outcome: 'failed',
      failure: {
        type: 'BackupDamaged',
        message: `Cannot adopt "${file}": it is no SQLite database`,
      },
    });
    expect(ending.notices).toEqual([]);
    expect(readdirSync(world.backups.directory)).toEqual([UNMANAGED_COPY]);
  });
});
