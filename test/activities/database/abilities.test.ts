import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { databaseDriver } from '../../../src/activities/database/driver-for.ts';
import { test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';
import { STAMP } from './support/scenarios.ts';

describe('database.abilities', () => {
  test('are all that SQLite has', async ({ target }) => {
    expect(await databaseActivities(target).abilities()).toEqual({
      compaction: true,
      checkpoint: true,
      indexes: true,
    });
  });

  test('are what an engine has: the rest refuses as not applicable', async ({ target }) => {
    const driver = databaseDriver(target);
    delete (driver as { compaction?: object }).compaction;
    delete driver.checkpoint;
    delete (driver as { indexes?: object }).indexes;
    const database = databaseActivities(target, driver);

    const refused = [
      await refusal(database.checkpoint()),
      await refusal(database.compact(STAMP)),
      await refusal(database.dropKept(STAMP)),
      await refusal(database.expectSpaceToCompact()),
      await refusal(database.adviseIndex([])),
    ];

    expect(await database.abilities()).toEqual({
      compaction: false,
      checkpoint: false,
      indexes: false,
    });
    expect(refused.map(({ type, nonRetryable }) => [type, nonRetryable])).toEqual(
      Array.from({ length: 5 }, () => ['NotApplicable', true]),
    );
    expect(refused[0]!.message).toBe('A database of kind "sqlite" knows no checkpoint');
  });
});
