import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { describe, expect, vi } from 'vitest';
import { ROWS, test } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { beside, seenIn } from './support/database-files.ts';
import { scriptOf } from './support/play-killed.ts';
import { STAMP } from './support/scenarios.ts';
import { makeWasteful, pragmaOf } from './support/wasteful.ts';

const WHOLE = { rows: ROWS, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('while database.compact has the database', () => {
  /** Right before the rename, in a process of its own. */
  async function atTheRename(target: Parameters<typeof scriptOf>[0], meanwhile: () => void) {
    const { file } = target.database;
    const hook = new URL('./support/pause-at-rename.ts', import.meta.url).href;
    const running = execa(process.execPath, ['--import', hook, ...scriptOf(target, 'compact')], {
      env: { PAUSE_AT: file },
      reject: false,
    });
    await vi.waitFor(() => expect(existsSync(`${file}.paused`)).toBe(true), TIMEOUT);
    meanwhile();
    rmSync(`${file}.paused`);
    return running;
  }

  for (const journal of ['wal', 'delete'])
    test(`nobody writes or reads until the rename, in mode ${journal}`, async ({ target }) => {
      const { file } = target.database;
      pragmaOf(file, `journal_mode = ${journal}`);
      makeWasteful(file);
      const errors: unknown[] = [];

      const { exitCode } = await atTheRename(target, () => {
        const db = new Database(file, { timeout: 50 });
        const read = () => db.prepare('select count(*) from indicators').get();
        const write = () => db.exec('insert into indicators default values');
        for (const attempt of [read, write])
          try {
            attempt();
          } catch (error) {
            errors.push((error as Error).message);
          }
        db.close();
      });

      expect(errors).toEqual(['database is locked', 'database is locked']);
      expect(exitCode).toBe(0);
      expect(seenIn(file)).toEqual(WHOLE);
      expect(beside(file)).toEqual([PRE]);
    });

  test('one who opened it right before the rename gets the old file back', async ({
    target,
    skip,
  }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const { file } = target.database;
    makeWasteful(file);
    let latecomer!: Database.Database;

    const { exitCode, stderr } = await atTheRename(target, () => {
      latecomer = new Database(file, { timeout: 5000 });
    });
    latecomer.exec("insert into indicators (region) values ('late')");
    latecomer.close();

    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/DatabaseInUse|has ".*" open/)]);
    expect(seenIn(file)).toEqual({ rows: ROWS + 1, check: 'ok' });
    expect(beside(file)).toEqual([]);
  });
});
