import { readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, test } from 'vitest';
import { argumentsByType } from '../../src/worker/arguments/arguments-by-type.ts';
import { activitiesIn } from '../../src/worker/upgrade/activities-in.ts';

const file = 'test/runbooks/database-recovery/histories/done.json';
const { events } = historyFromJSON(JSON.parse(readFileSync(file, 'utf8')));

describe('activitiesIn', () => {
  test('tells those that are done from the one that is still to be done', () => {
    const swap = events!.findIndex(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'database.swap',
    );

    const found = activitiesIn(events!.slice(0, swap + 1));

    expect(found.filter(({ pending }) => pending)).toEqual([
      { activity: 'database.swap', pending: true },
    ]);
    expect(found.map(({ activity }) => activity)).toContain('database.stage');
    expect(activitiesIn(events!).some(({ pending }) => pending)).toBe(false);
  });

  test('finds in a saved history only what this version has', () => {
    const types = activitiesIn(events!).map(({ activity }) => activity);

    expect(types.length).toBeGreaterThan(8);
    expect(types.filter((type) => !Object.hasOwn(argumentsByType, type))).toEqual([]);
  });
});
