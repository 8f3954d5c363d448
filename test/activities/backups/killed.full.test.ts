import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readKey } from '../../../src/activities/artefact/key.ts';
import { openedArchive } from '../../../src/activities/artefact/sealed-archive.ts';
import {
  backupPaths,
  readManifest,
} from '../../../src/activities/backups/catalogue/backup-store.ts';
import { expectArchive } from '../../../src/activities/backups/making/archive.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ENDS } from '../../support/power-cut.ts';
import { ROWS } from '../../support/target.ts';
import { withFormat } from '../artefact/age-key.ts';
import { beside, leaveInLog, seenIn } from '../database/support/database-files.ts';
import { withOlderBackup } from '../database/support/fixtures.ts';
import { whileOpenedBackup } from '../database/support/opened.ts';
import { STAMP } from '../database/support/scenarios.ts';
import { killEverywhere } from '../database/support/sweep.ts';

const WHOLE = [
  'app.db.zst.age',
  'configuration.tar.zst.age',
  'data.tar.zst.age',
  'manifest.json',
  'manifest.json.sig',
];

describe.each(ENDS)('%s before any change, then tried again', (_, end) => {
  test('a backup with files, a key and a second disk is whole on both disks, or on none', async () => {
    const points = await killEverywhere('backUpAll', {
      ...end,
      arrange: async (target) => {
        await ask(target);
        leaveInLog(target.database.file, 11);
      },
      meanwhile({ backups }, n) {
        for (const disk of [backups.directory, backups.copy!])
          if (existsSync(join(disk, STAMP)))
            expect(readdirSync(join(disk, STAMP)).toSorted(), `killed at ${n}`).toEqual(WHOLE);
      },
      async afterwards(target, n) {
        for (const disk of [target.backups.directory, target.backups.copy!]) {
          expect(readdirSync(disk), `after ${n}`).toEqual([STAMP]);
          const { final, manifest } = backupPaths(disk, STAMP);
          expect(readdirSync(final).toSorted()).toEqual(WHOLE);
          const key = await readKey(target);
          for (const archive of readManifest(STAMP, manifest).archives)
            await expectArchive(final, await openedArchive(archive, key, STAMP), {
              name: STAMP,
              key,
            });
          const seen = await whileOpenedBackup(target, STAMP, seenIn, disk);
          expect(seen, `copy after ${n}`).toEqual({ rows: ROWS + 11, check: 'ok' });
        }
        expect(seenIn(target.database.file)).toEqual({ rows: ROWS + 11, check: 'ok' });
      },
    });

    expect(points).toBeGreaterThan(30);
  });

  test('a backup that is the copy itself is whole, or none', async () => {
    const points = await killEverywhere('backUp', {
      ...end,
      arrange: async (target) => {
        Object.assign(target.backups, { compression: 'none' });
        leaveInLog(target.database.file, 11);
      },
      async afterwards(target, n) {
        const seen = await whileOpenedBackup(target, STAMP, seenIn);
        expect(seen, `copy after ${n}`).toEqual({ rows: ROWS + 11, check: 'ok' });
      },
    });

    expect(points).toBeGreaterThan(8);
  });

  test('a recovery from an encrypted backup restores it, and leaves nothing', async () => {
    const points = await killEverywhere('restore', {
      ...end,
      arrange: async (target) => {
        await ask(target);
        await withOlderBackup(target);
      },
      afterwards({ database }, n) {
        expect(seenIn(database.file), `restored after ${n}`).toEqual({ rows: ROWS, check: 'ok' });
        expect(beside(database.file)).toEqual([`.pre-${STAMP}`]);
      },
    });

    expect(points).toBeGreaterThan(8);
  });
});

/** Asks for everything that a backup can have. */
async function ask(target: SqliteTarget): Promise<void> {
  const copy = join(target.directory, 'second');
  mkdirSync(copy);
  mkdirSync(join(target.directory, 'logs'));
  writeFileSync(join(target.directory, '.env'), 'TOKEN=1\n');
  writeFileSync(join(target.directory, 'logs', 'app.log'), 'a line\n');
  const { backups } = await withFormat(target, 'zstd, age');
  Object.assign(target.backups, backups, {
    copy,
    daily: { files: ['.env'], keep: '30d' },
    weekly: { files: ['logs'], exclude: [], day: 'SUNDAY', keep: '56d' },
  });
}
