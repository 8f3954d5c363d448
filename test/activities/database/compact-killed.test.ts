import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { ROWS } from '../../support/target.ts';
import { beside, leaveInLog, seenIn } from './support/database-files.ts';
import { STAMP } from './support/scenarios.ts';
import { killEverywhere } from './support/sweep.ts';
import { makeWasteful, pragmaOf } from './support/wasteful.ts';

const WHOLE = { rows: ROWS + 11, check: 'ok' };

describe.each(ENDS)('a compact copy that is %s before any change of the file system', (_, end) => {
  test('never costs a row, and is there when it is tried again', async () => {
    const points = await killEverywhere('compact', {
      ...end,
      arrange: async ({ database }) => {
        makeWasteful(database.file, { pages: 50 });
        leaveInLog(database.file, 11);
      },
      meanwhile: ({ database }, n) =>
        expect(seenIn(database.file), `killed at ${n}`).toEqual(WHOLE),
      afterwards: ({ database: { file } }, n) => {
        expect(seenIn(file), `compacted after ${n}`).toEqual(WHOLE);
        expect(seenIn(`${file}.pre-${STAMP}`)).toEqual(WHOLE);
        expect(beside(file), `names after ${n}`).toEqual([`.pre-${STAMP}`]);
        expect(pragmaOf(file, 'freelist_count')).toBe(0);
      },
    });

    expect(points).toBeGreaterThan(5);
  });
});
