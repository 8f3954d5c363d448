import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { sqliteActivities } from '../../../src/activities/database/database-activities.ts';
import { test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';
import { STAMP } from './support/scenarios.ts';

describe('sqlite.snapshot', () => {
  test('waits for a lock, then says that it is locked', async ({ target }) => {
    const db = new Database(target.database.file);
    db.pragma('journal_mode = DELETE');
    db.exec('begin exclusive');

    const refused = await refusal(sqliteActivities(target).snapshot(STAMP));
    db.exec('rollback');
    db.close();
    const second = await sqliteActivities(target).snapshot(STAMP);

    expect(refused).toMatchObject({ type: 'DatabaseLocked', nonRetryable: false });
    expect(second).toMatchObject({ changed: true });
  });
});
