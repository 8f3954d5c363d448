import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { beside, damagePages } from './support/database-files.ts';
import { refusal, withOlderBackup } from './support/fixtures.ts';
import { STAMP } from './support/scenarios.ts';

describe('database.stage', () => {
  test('refuses a damaged backup of every kind, and leaves nothing', async ({ target }) => {
    const database = databaseActivities(target);
    const backup = await withOlderBackup(plain(target));
    const facts = backup.database;
    const edited = `${backup.file}.edited`;
    writeFileSync(edited, readFileSync(backup.file));
    const shorter = `${backup.file}.shorter`;
    writeFileSync(shorter, readFileSync(backup.file).subarray(0, 8192));
    damagePages(edited);

    const cases = [
      [{ ...backup, file: shorter }, /sha256: got "\w+", expected "\w+"/],
      [{ ...backup, file: edited }, /sha256/],
      [having({ sha256: 'f'.repeat(64) }), /does not pass sha256: got ".*", expected "f{64}"/],
      [having({ schemaHash: 'f'.repeat(64) }), /does not pass schema: /],
      [having({ tables: { indicators: 1 } }), /"indicators" has 500 rows, expected 1/],
      [having({ tables: { ...facts.tables, gone: 3 } }), /"gone" has no rows, expected 3/],
    ] as const;
    for (const [broken, message] of cases) {
      const refused = await refusal(database.stage(broken, STAMP));
      expect(refused).toMatchObject({ type: 'BackupDamaged', nonRetryable: true });
      expect(refused.message).toMatch(message);
      expect(beside(target.database.file)).toEqual([]);
    }

    function having(other: Partial<typeof facts>) {
      return { ...backup, database: { ...facts, ...other } };
    }
  });

  test('refuses pages that are damaged although their hash is the recorded one', async ({
    target,
  }) => {
    const backup = await withOlderBackup(plain(target));
    damagePages(backup.file);
    const sha256 = execFileSync('sha256sum', [backup.file], { encoding: 'utf8' }).slice(0, 64);
    const recorded = { ...backup, database: { ...backup.database, sha256 } };

    const refused = await refusal(databaseActivities(target).stage(recorded, STAMP));

    expect(refused.message).toMatch(/does not pass (quick_check|open|row counts)/);
    expect(refused).toMatchObject({ type: 'BackupDamaged' });
  });

  test('refuses a missing copy, and a directory in its place', async ({ target }) => {
    const backup = await withOlderBackup(target);
    const database = databaseActivities(target);
    rmSync(backup.file);
    const missing = await refusal(database.stage(backup, STAMP));
    expect(missing).toMatchObject({
      type: 'BackupUnreadable',
      message: expect.stringMatching(/is missing/),
    });
    mkdirSync(backup.file);

    const directory = await refusal(database.stage(backup, STAMP));

    expect(directory).toMatchObject({
      type: 'BackupUnreadable',
      message: expect.stringMatching(/not a file/),
    });
  });

  test('refuses before it writes when there is no disk space', async ({ target }) => {
    const backup = await withOlderBackup(target);
    const huge = { ...backup, database: { ...backup.database, bytes: 2 ** 60 } };

    const refused = await refusal(databaseActivities(target).stage(huge, STAMP));

    expect(refused.message).toMatch(
      /Not enough disk space in ".*": \d+ MiB needed, \d+ MiB available/,
    );
    expect(refused).toMatchObject({ type: 'NoSpace', nonRetryable: true });
  });

  test('refuses a disk that is smaller than the copy', async ({ target, directory, skip }) => {
    skip(process.getuid?.() !== 0 || process.platform !== 'linux', 'only root can mount a disk');
    const backup = await withOlderBackup(target);
    const disk = join(directory, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      const file = join(disk, 'app.db');
      const small = { ...target, database: { ...target.database, file } };

      const refused = await refusal(databaseActivities(small).stage(backup, STAMP));

      expect(refused).toMatchObject({ type: 'NoSpace' });
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

/** Its pages lie in the backup as they are. */
function plain(target: SqliteTarget): SqliteTarget {
  return { ...target, backups: { ...target.backups, compression: 'none' } };
}
