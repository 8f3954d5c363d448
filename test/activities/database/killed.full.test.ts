import { existsSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { ROWS } from '../../support/target.ts';
import { beside, leaveHotJournal, leaveInLog, seenIn } from './support/database-files.ts';
import { namesIn, NEWER, withOlderBackup } from './support/fixtures.ts';
import { seenInBackup } from './support/opened.ts';
import { BACKUP, play, STAMP } from './support/scenarios.ts';
import { killEverywhere } from './support/sweep.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };
const FILES = ['app.db.zst', 'manifest.json', 'manifest.json.sig'];
const RESTORED = { rows: ROWS, check: 'ok' };

describe.each(ENDS)('%s before any change, then tried again', (_, end) => {
  test('a recovery of a database that is kept raw moves its sidecars along', async () => {
    const points = await killEverywhere('restoreRaw', {
      ...end,
      arrange: async (target) => {
        await withOlderBackup(target);
        leaveInLog(target.database.file, 11);
      },
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual(RESTORED);
        expect(seenIn(`${file}.pre-${STAMP}`)).toEqual({ rows: OLD.rows + 11, check: 'ok' });
        expect(beside(file)).toEqual(
          ['', '-shm', '-wal'].map((suffix) => `.pre-${STAMP}${suffix}`),
        );
      },
    });

    expect(points).toBeGreaterThan(8);
  });

  test('a recovery in rollback-journal mode rolls the hot journal back into what it keeps', async () => {
    await killEverywhere('restore', {
      ...end,
      journal: 'DELETE',
      arrange: async (target) => {
        await withOlderBackup(target);
        leaveHotJournal(target.database.file);
      },
      meanwhile: ({ database }) => {
        expect([OLD, RESTORED]).toContainEqual(seenIn(database.file));
      },
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual(RESTORED);
        expect(seenIn(`${file}.pre-${STAMP}`)).toEqual(OLD);
        expect(beside(file)).toEqual([`.pre-${STAMP}`]);
      },
    });
  });

  test('a recovery without a live database makes one', async () => {
    await killEverywhere('restore', {
      ...end,
      arrange: async (target) => {
        await withOlderBackup(target);
        rmSync(target.database.file);
      },
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual(RESTORED);
        expect(beside(file)).toEqual([]);
      },
    });
  });

  test('an undo before the swap leaves what was there, and nothing else', async () => {
    await killEverywhere('takeBack', {
      ...end,
      arrange: withOlderBackup,
      meanwhile: ({ database }) => expect(seenIn(database.file)).toEqual(OLD),
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual(OLD);
        expect(beside(file)).toEqual([]);
      },
    });
  });

  test('an undo where nothing was live before leaves nothing live', async () => {
    await killEverywhere('putBack', {
      ...end,
      arrange: async (target) => {
        await withOlderBackup(target);
        rmSync(target.database.file);
        await play(target, 'restore');
        leaveInLog(target.database.file, 3);
      },
      afterwards: ({ database: { file } }) => {
        expect(existsSync(file)).toBe(false);
        expect(seenIn(`${file}.undone-${STAMP}`)).toEqual({ rows: ROWS + 3, check: 'ok' });
        expect(beside(file).filter((name) => !name.startsWith('.undone'))).toEqual([]);
      },
    });
  });

  test('a backup is none until it is complete, and is one then', async () => {
    const points = await killEverywhere('backUp', {
      ...end,
      arrange: async (target) => leaveInLog(target.database.file, 11),
      meanwhile({ backups }) {
        if (!existsSync(`${backups.directory}/${STAMP}`)) return;
        expect(namesIn(`${backups.directory}/${STAMP}`)).toEqual(FILES);
      },
      async afterwards(target, n) {
        const { backups, database } = target;
        expect(readdirSync(backups.directory)).toEqual([STAMP]);
        expect(namesIn(`${backups.directory}/${STAMP}`)).toEqual(FILES);
        const copy = await seenInBackup(target, STAMP);
        expect(copy, `copy after ${n}`).toEqual({ rows: ROWS + 11, check: 'ok' });
        expect(seenIn(database.file)).toEqual(copy);
      },
    });

    expect(points).toBeGreaterThan(8);
  });

  test('a discarded backup leaves nothing', async () => {
    await killEverywhere('discard', {
      ...end,
      arrange: async () => undefined,
      afterwards: ({ backups }) => expect(namesIn(backups.directory)).toEqual([]),
    });
  });

  test('a kept database is there as a file or as a backup at every moment', async () => {
    await killEverywhere('adopt', {
      ...end,
      arrange: async (target) => {
        await withOlderBackup(target);
        await play(target, 'restore');
      },
      meanwhile: ({ database, backups }) => {
        const places = [`${database.file}.pre-${STAMP}`, `${backups.directory}/${STAMP}`];
        expect(places.some(existsSync)).toBe(true);
      },
      afterwards: async (target) => {
        expect(namesIn(target.backups.directory)).toEqual([BACKUP, STAMP]);
        expect(await seenInBackup(target, STAMP)).toEqual(OLD);
        expect(beside(target.database.file)).toEqual([]);
      },
    });
  });
});
