import { describe, expect, test } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { inodeOf } from '../../../src/os/files/file-facts.ts';
import { ENDS } from '../../support/power-cut.ts';
import { ROWS } from '../../support/target.ts';
import { addRows, beside, leaveInLog, seenIn } from './support/database-files.ts';
import { NEWER, withOlderBackup } from './support/fixtures.ts';
import { play, STAMP } from './support/scenarios.ts';
import { killEverywhere } from './support/sweep.ts';

const LOGGED = 11;
const OLD = ROWS + NEWER + LOGGED;

describe.each(ENDS)('a recovery that is %s before any change of the file system', (_, end) => {
  test('never leaves a mix, and restores when it is tried again', async () => {
    const points = await killEverywhere('restore', {
      ...end,
      arrange: async (target) => {
        await withOlderBackup(target);
        leaveInLog(target.database.file, LOGGED);
      },
      meanwhile({ database }, n) {
        expect([OLD, ROWS], `rows when killed at ${n}`).toContain(seenIn(database.file)?.rows);
        expect(seenIn(database.file)?.check).toBe('ok');
      },
      afterwards({ database }, n) {
        const { file } = database;
        expect(seenIn(file), `restored after ${n}`).toEqual({ rows: ROWS, check: 'ok' });
        expect(seenIn(`${file}.pre-${STAMP}`), `kept after ${n}`).toEqual({
          rows: OLD,
          check: 'ok',
        });
        expect(beside(file), `names after ${n}`).toEqual([`.pre-${STAMP}`]);
      },
    });

    expect(points).toBeGreaterThan(8);
  });

  test('brings the old database back when its undo is killed, and keeps the rows written since', async () => {
    const points = await killEverywhere('putBack', {
      ...end,
      arrange: restoredAndWritten,
      afterwards: ({ database: { file } }, n) => {
        expect(seenIn(file), `live after ${n}`).toEqual({ rows: OLD, check: 'ok' });
        expect(seenIn(`${file}.undone-${STAMP}`)).toEqual({ rows: ROWS + 3, check: 'ok' });
        expect(beside(file)).toEqual(
          [`.undone-${STAMP}`, `.undone-${STAMP}-shm`, `.undone-${STAMP}-wal`].toSorted(),
        );
      },
    });

    expect(points).toBeGreaterThan(3);
  });

  test('never lays a sidecar beside the main file of another database', async () => {
    const pairs = new Map<string, string[]>();
    await killEverywhere('putBack', {
      ...end,
      arrange: async (target) => {
        const { file } = target.database;
        await withOlderBackup(target);
        leaveInLog(file, LOGGED);
        const old = pairOf(file);
        await play(target, 'restoreRaw');
        leaveInLog(file, 3);
        pairs.set(file, [old!, pairOf(file)!]);
      },
      meanwhile: ({ database: { file } }, n) => {
        for (const name of [file, `${file}.pre-${STAMP}`, `${file}.undone-${STAMP}`])
          expect([...pairs.get(file)!, undefined], `killed at ${n}`).toContain(pairOf(name));
      },
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual({ rows: OLD, check: 'ok' });
        expect(seenIn(`${file}.undone-${STAMP}`)).toEqual({ rows: ROWS + 3, check: 'ok' });
      },
    });
  });
});

/** Restored, started, written to, and killed: with rows in the log of the restored database. */
async function restoredAndWritten(target: SqliteTarget): Promise<void> {
  await withOlderBackup(target);
  addRows(target.database.file, LOGGED);
  await play(target, 'restore');
  leaveInLog(target.database.file, 3);
}

/** Which log lies beside which main file, when both are there. */
function pairOf(file: string): string | undefined {
  const log = inodeOf(`${file}-wal`);
  return inodeOf(file) && log && `${inodeOf(file)} ${log}`;
}
