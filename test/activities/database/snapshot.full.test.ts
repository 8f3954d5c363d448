import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

describe('backups.snapshot', () => {
  test('waits for a lock, then says that it is locked', async ({ target }) => {
    const db = new Database(target.database.file);
    db.pragma('journal_mode = DELETE');
    db.exec('begin exclusive');

    const refused = await refusal(systemsOf(target).backups.snapshot(STAMP));
    db.exec('rollback');
    db.close();
    const second = await systemsOf(target).backups.snapshot(STAMP);

    expect(refused).toMatchObject({ type: 'DatabaseLocked', nonRetryable: false });
    expect(second).toMatchObject({ changed: true });
  });
});
