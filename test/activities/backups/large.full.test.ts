import { statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { ROWS, test } from '../../support/target.ts';
import { addRows, seenIn } from '../database/support/database-files.ts';
import { backUp } from '../database/support/fixtures.ts';
import { play } from '../database/support/scenarios.ts';
import { growBeyondLockPage } from './support/strange-databases.ts';

describe('backed up and restored, with everything that is in it', () => {
  test('a database with the lock page in its middle', { timeout: 300_000 }, async ({ target }) => {
    growBeyondLockPage(target.database.file);
    const { size } = statSync(target.database.file);
    const backup = await backUp(target);
    addRows(target.database.file, 5);

    await play(target, 'restore');

    expect(size).toBeGreaterThan(2 ** 30);
    expect(backup.database.tables).toMatchObject({ large: 11, behind: ROWS });
    expect(statSync(target.database.file).size).toBe(size);
    expect(seenIn(target.database.file)).toEqual({ rows: ROWS, check: 'ok' });
  });
});
