import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
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
    expect(first.ending.output).toMatchObject({ takenAt: '2026-01-01T02:00:00.000Z', file });
    expect(second.ending).toMatchObject({ outcome: 'done', output: { backup, changed: false } });
    expect(recovery.ending).toMatchObject({ outcome: 'done', output: { backup } });
    expect(existsSync(file)).toBe(true);
  });

  test('refuses a copy that is no database, and leaves nothing behind', async ({ world, runs }) => {
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
    expect(ending.notices).toHaveLength(1);
    expect(readdirSync(world.backups.directory)).toEqual([UNMANAGED_COPY]);
  });
});
