import { describe, expect, test } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ENDS } from '../../support/power-cut.ts';
import { canTrace } from '../../support/strace.ts';
import { ROWS } from '../../support/target.ts';
import { beside, leaveHotJournal, leaveInLog, seenIn } from './support/database-files.ts';
import { withTarget } from './support/fixtures.ts';
import { playKilled } from './support/play-killed.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';
import { killEverywhere } from './support/sweep.ts';
import { makeWasteful, pragmaOf } from './support/wasteful.ts';

const WHOLE = { rows: ROWS + 11, check: 'ok' };

async function arrange({ database }: SqliteTarget): Promise<void> {
  makeWasteful(database.file, { pages: 50 });
  leaveInLog(database.file, 11);
}

const meanwhile = ({ database }: SqliteTarget, n: number) =>
  expect(seenIn(database.file), `killed at ${n}`).toEqual(WHOLE);

describe.each(ENDS)('%s before any change, then tried again', (_, end) => {
  test('a compact copy never costs a row, and is there in the end', async () => {
    const points = await killEverywhere('compact', {
      ...end,
      arrange,
      meanwhile,
      afterwards: ({ database: { file } }, n) => {
        expect(seenIn(file), `compacted after ${n}`).toEqual(WHOLE);
        expect(seenIn(`${file}.pre-${STAMP}`)).toEqual(WHOLE);
        expect(beside(file), `names after ${n}`).toEqual([`.pre-${STAMP}`]);
        expect(pragmaOf(file, 'freelist_count')).toBe(0);
      },
    });

    expect(points).toBeGreaterThan(5);
  });

  test('a compact copy in rollback-journal mode rolls the hot journal back', async () => {
    const old = { rows: ROWS, check: 'ok' };
    await killEverywhere('compact', {
      ...end,
      journal: 'DELETE',
      arrange: async ({ database }) => leaveHotJournal(database.file),
      meanwhile: ({ database }, n) => expect(seenIn(database.file), `killed at ${n}`).toEqual(old),
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual(old);
        expect(beside(file)).toEqual([`.pre-${STAMP}`]);
      },
    });
  });

  test('its undo leaves the database as it was', async () => {
    await killEverywhere('takeCompactBack', {
      ...end,
      arrange,
      meanwhile,
      afterwards: ({ database: { file } }, n) => {
        expect(seenIn(file), `old after ${n}`).toEqual(WHOLE);
        expect(beside(file), `names after ${n}`).toEqual([]);
        expect(pragmaOf(file, 'freelist_count')).toBeGreaterThan(40);
      },
    });
  });

  test('its end leaves the compact copy alone', async () => {
    await killEverywhere('dropKept', {
      ...end,
      arrange,
      meanwhile,
      afterwards: ({ database: { file } }) => {
        expect(seenIn(file)).toEqual(WHOLE);
        expect(beside(file)).toEqual([]);
        expect(pragmaOf(file, 'freelist_count')).toBe(0);
      },
    });
  });
});

describe('a compact copy that is killed', () => {
  test('is cleaned up by a recovery, whenever that was', async () => {
    for (let n = 1; await settlesAfter(n); n += 1);

    /** False when it ended before its n-th change. */
    async function settlesAfter(n: number): Promise<boolean> {
      let killed = false;
      await withTarget('WAL', async (target) => {
        await arrange(target);
        ({ killed } = await playKilled(target, 'compact', n));

        await systemsOf(target).database.cleanUp(STAMP);

        const { file } = target.database;
        expect(seenIn(file), `cleaned up after ${n}`).toEqual(WHOLE);
        // What was swapped in stays, and the database from before with it.
        const swapped = pragmaOf(file, 'freelist_count') === 0;
        expect(beside(file), `names after ${n}`).toEqual(swapped ? [`.pre-${STAMP}`] : []);
      });
      return killed;
    }
  });
});

describe.skipIf(!canTrace).each(ENDS)('%s at system calls, then tried again', (_, end) => {
  for (const call of ['pwrite64', 'unlink', 'ftruncate', 'fsync', 'fdatasync', 'rename', 'link'])
    test(`a compact copy at every ${call}`, async () => {
      await killEverywhere('compact', {
        ...end,
        call,
        arrange,
        meanwhile,
        afterwards: ({ database: { file } }, n) => {
          expect(seenIn(file), `compacted after ${n}`).toEqual(WHOLE);
          expect(seenIn(`${file}.pre-${STAMP}`)).toEqual(WHOLE);
          expect(beside(file), `names after ${n}`).toEqual([`.pre-${STAMP}`]);
        },
      });
    });
});
