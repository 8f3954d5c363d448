import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { permanent } from '../../../src/os/failure.ts';
import { broken } from '../../support/broken.ts';
import { addForeignIndex } from '../../support/foreign-schema.ts';
import { test } from '../../support/run.ts';

describe('daily-backup', () => {
  test('seals a verified copy while the application writes', async ({ world, runs }) => {
    const { ending } = await runs.run('daily-backup');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(ending.ledger.map(({ state }) => state)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'omitted',
      'omitted',
      'done',
      'omitted',
      'done',
    ]);
    const [backup] = listBackups(world.backups.directory);
    expect(backup).toMatchObject({
      id: (ending.output as { backup: string }).backup,
      state: 'verified',
    });
  });

  test('seals what cannot be judged here, and says what was not', async ({ world, runs }) => {
    addForeignIndex(world.database.file);

    const { ending } = await runs.run('daily-backup');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(ending.ledger.find(({ id }) => id === 'verify')?.note).toContain(
      'quick_check of "named" (no such collation sequence: de_phone)',
    );
    const [backup] = listBackups(world.backups.directory);
    expect(backup).toMatchObject({
      state: 'verified',
      note: expect.stringContaining('not proven: integrity_check of "named"'),
      unproven: [
        { check: 'integrity_check of "named"', why: 'no such collation sequence: de_phone' },
        { check: 'quick_check of "named"', why: 'no such collation sequence: de_phone' },
      ],
    });
  });

  test('leaves nothing behind when the copy cannot be verified', async ({ world, runs }) => {
    const { ending } = await runs.run(
      'daily-backup',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'backups.verify')
            throw permanent('BackupDamaged', 'Expected it to be sound');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'undone',
      failure: { type: 'BackupDamaged', message: 'Expected it to be sound' },
    });
    expect(ending.notices).toHaveLength(1);
    expect(readdirSync(world.backups.directory)).toEqual([]);
  });

  test('says so when the backup was finished although its step failed', async ({ world, runs }) => {
    const { ending } = await runs.run(
      'daily-backup',
      {},
      {
        around: async (activity, work) => {
          const result = await work();
          if (activity === 'backups.seal') throw broken('Nobody heard of it', 'Lost');
          return result;
        },
      },
    );

    const [backup] = listBackups(world.backups.directory);
    expect(backup?.state).toBe('verified');
    expect(ending).toMatchObject({
      outcome: 'failed',
      left: [`Backup "${backup?.id}" was finished all the same, and stays`],
    });
  });
});
