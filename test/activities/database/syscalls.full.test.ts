import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { canTrace } from '../../support/strace.ts';
import { ROWS } from '../../support/target.ts';
import { beside, leaveInLog, seenIn } from './support/database-files.ts';
import { NEWER, withOlderBackup } from './support/fixtures.ts';
import { seenInBackup } from './support/opened.ts';
import { STAMP } from './support/scenarios.ts';
import { killEverywhere } from './support/sweep.ts';

const OLD = { rows: ROWS + NEWER + 11, check: 'ok' };
const RESTORED = { rows: ROWS, check: 'ok' };

/** SQLite changes files without Node: checkpointing the log, copying pages, taking its sidecars away. */
describe.skipIf(!canTrace).each(ENDS)('%s at system calls, then tried again', (_, end) => {
  for (const call of ['pwrite64', 'unlink', 'ftruncate', 'fsync', 'fdatasync', 'rename', 'link']) {
    test(`a recovery at every ${call}`, async () => {
      await killEverywhere('restore', {
        ...end,
        call,
        arrange: async (target) => {
          await withOlderBackup(target);
          leaveInLog(target.database.file, 11);
        },
        meanwhile: ({ database }) => expect([OLD, RESTORED]).toContainEqual(seenIn(database.file)),
        afterwards: ({ database: { file } }) => {
          expect(seenIn(file)).toEqual(RESTORED);
          expect(seenIn(`${file}.pre-${STAMP}`)).toEqual(OLD);
          expect(beside(file)).toEqual([`.pre-${STAMP}`]);
        },
      });
    });

    test(`a backup at every ${call}`, async () => {
      await killEverywhere('backUp', {
        ...end,
        call,
        arrange: async (target) => leaveInLog(target.database.file, 11),
        afterwards: async (target) => {
          const whole = { rows: ROWS + 11, check: 'ok' };
          expect(await seenInBackup(target, STAMP)).toEqual(whole);
          expect(seenIn(target.database.file)).toEqual(whole);
        },
      });
    });
  }
});
