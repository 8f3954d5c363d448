import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { test } from '../../support/target.ts';

describe('database.examine', () => {
  for (const [what, spoil, expected] of [
    [
      'bytes like noise',
      (page: Buffer) => noise(page),
      [
        'damaged',
        'Damaged: file is not a database (its first page is like noise: an encrypted header would look so, too)',
      ],
    ],
    [
      'zeros',
      (page: Buffer) => page.fill(0),
      ['damaged', 'Damaged: file is not a database (its first page is zeros)'],
    ],
    [
      'the header of a later format',
      (page: Buffer) => page.fill(3, 18, 20),
      [
        'unclear',
        'Cannot be judged here: its file format has read version 3, which SQLite does not know here',
      ],
    ],
  ] as const)
    test(`says what a file is that begins with ${what}`, async ({ target }) => {
      const { file } = target.database;
      const bytes = readFileSync(file);
      spoil(bytes.subarray(0, 4096));
      writeFileSync(file, bytes);

      const { verdict, finding } = await databaseActivities(target).examine();

      expect([verdict, finding]).toEqual(expected);
    });
});

/** The same each time: every value about as often as the others. */
function noise(page: Buffer): Buffer {
  for (let at = 0; at < page.length; at += 1) page[at] = Math.imul(at + 7, 2_654_435_761) >>> 21;
  return page;
}
