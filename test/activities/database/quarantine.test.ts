import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { test } from '../../support/target.ts';
import { systemsOf } from './support/scenarios.ts';

const STAMP = '20260105_020000';

describe('backups.quarantine', () => {
  test('keeps the files of a damaged database raw, with a log that SQLite would checkpoint', async ({
    target,
  }) => {
    const open = leaveLog(target);
    damageDatabase(target.database.file, 1);
    const before = contentOf(target);

    const { exact, changed, evidence } = await systemsOf(target).backups.quarantine(STAMP);
    const after = contentOf(target);
    open.close();

    expect({ exact, changed }).toEqual({ exact: true, changed: true });
    expect(evidence.map(({ file }) => readFileSync(file))).toEqual(before);
    expect(after).toEqual(before);
  });

  test('copies nothing anew when a retry asks again, whatever was written since', async ({
    target,
  }) => {
    const { quarantine } = systemsOf(target).backups;
    const first = await quarantine(STAMP);
    const db = new Database(target.database.file);
    db.exec('delete from indicators');
    db.close();

    const again = await quarantine(STAMP);

    expect(again).toEqual({ ...first, changed: false });
    expect(readFileSync(first.evidence[0]!.file)).not.toEqual(readFileSync(target.database.file));
  });

  test('mixes nothing with what a killed attempt left', async ({ target }) => {
    const directory = join(target.state, 'quarantine', STAMP);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'app.db-journal'), 'of another moment');

    const { evidence } = await systemsOf(target).backups.quarantine(STAMP);

    expect(evidence.map(({ file }) => basename(file))).toEqual(['app.db']);
    expect(() => readFileSync(join(directory, 'app.db-journal'))).toThrow('ENOENT');
  });

  test('says that there is none', async ({ target }) => {
    rmSync(target.database.file);

    const { evidence, note } = await systemsOf(target).backups.quarantine(STAMP);

    expect(evidence).toEqual([]);
    expect(note).toContain('nothing: there is no file');
  });
});

/** A connection that keeps its rows in the log as long as it is open. */
function leaveLog({ database }: SqliteTarget): Database.Database {
  const db = new Database(database.file);
  db.pragma('wal_autocheckpoint = 0');
  db.exec(`insert into indicators (region, value) values ('in the log only', 1)`);
  return db;
}

function contentOf({ database }: SqliteTarget): Buffer[] {
  return ['', '-wal', '-shm'].map((suffix) => readFileSync(`${database.file}${suffix}`));
}
