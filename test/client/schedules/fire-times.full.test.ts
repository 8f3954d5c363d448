import { describe, expect } from 'vitest';
import { expectCalendar } from './due-by-calendar.ts';
import { test } from './with-schedules.ts';

/** With a leap day. */
const year = { from: '2027-09-01T00:00:00.000Z', until: '2028-08-31T23:45:00.000Z' };

describe('a year of what the server starts', () => {
  test.for([
    ['ahgd', 8784 + 6 * 366 + 4 * 52 + 3 * 12],
    ['analytics-hub', 8784 + 6 * 366 + 4 * 52 + 3 * 12],
  ] as const)(
    'is for each schedule of %s just what the calendar says: none late, twice or missing',
    async ([template, about], { client, shop }) => {
      const count = await expectCalendar(client, template, shop, year);

      // As the manual has it; a year has 52 or 53 of a weekday.
      expect(count - about).toBeGreaterThanOrEqual(0);
      expect(count - about).toBeLessThanOrEqual(5);
    },
  );
});
