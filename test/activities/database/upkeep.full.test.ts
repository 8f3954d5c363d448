import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';
import { makeWasteful } from './support/wasteful.ts';

describe.concurrent('work beside the application', () => {
  for (const activity of ['analyse', 'reclaim'] as const)
    test(`database.${activity} gives up on a writer that never ends`, async ({ target }) => {
      makeWasteful(target.database.file, { pages: 50, autoVacuum: 'incremental' });
      const holder = new Database(target.database.file);
      holder.exec('begin immediate');

      const refused = await refusal(databaseActivities(target)[activity]());

      holder.close();
      expect(refused).toMatchObject({ type: 'DatabaseLocked', nonRetryable: false });
    });
});
