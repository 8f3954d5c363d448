import { describe, expect, test } from 'vitest';
import { askedResponse } from '../../src/cli/local/asked-response.ts';
import {
  businessHoursFrom,
  nextBusinessDayEnds,
} from '../../src/config/calendar/business-hours.ts';
import { Calendar, Severities } from '../../src/config/schema/people.ts';
import { targetIn } from '../support/target.ts';

/** B's: Friday and Saturday are free, and so is the first Monday here. */
const calendar = Calendar.parse({
  timezone: 'Asia/Riyadh',
  hours: '08:00-16:00',
  weekend: ['FRIDAY', 'SATURDAY'],
  holidays: ['2026-01-05'],
});

describe('business hours', () => {
  test.each([
    ['during them', '2026-01-04T06:00:00Z', '2026-01-04T06:00:00.000Z', '2026-01-06T13:00:00.000Z'],
    ['before', '2026-01-04T02:00:00Z', '2026-01-04T05:00:00.000Z', '2026-01-06T13:00:00.000Z'],
    ['after', '2026-01-04T13:00:00Z', '2026-01-06T05:00:00.000Z', '2026-01-06T13:00:00.000Z'],
    ['on Thursday', '2026-01-08T12:00:00Z', '2026-01-08T12:00:00.000Z', '2026-01-11T13:00:00.000Z'],
    ['on Friday', '2026-01-09T12:00:00Z', '2026-01-11T05:00:00.000Z', '2026-01-11T13:00:00.000Z'],
    // It is Sunday there already.
    ['at night', '2026-01-10T21:30:00Z', '2026-01-11T05:00:00.000Z', '2026-01-12T13:00:00.000Z'],
  ])('%s: when people work, and when the next day ends', (_when, from, works, ends) => {
    expect([businessHoursFrom(calendar, from), nextBusinessDayEnds(calendar, from)]).toEqual([
      works,
      ends,
    ]);
  });
});

describe('askedResponse', () => {
  test('is a length of time, or the end of the next business day', () => {
    const target = targetIn('/tmp/target-asked', { calendar, severity: Severities.parse({}) });
    const from = '2026-01-08T12:00:00Z';

    expect([askedResponse(target, 'sev1', from), askedResponse(target, 'sev4', from)]).toEqual([
      { asked: 'within 15m', by: '2026-01-08T12:15:00.000Z' },
      { asked: 'on the next business day', by: '2026-01-11T13:00:00.000Z' },
    ]);
  });
});
