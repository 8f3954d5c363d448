import { describe, expect, test } from 'vitest';
import { askedResponse } from '../../src/cli/local/asked-response.ts';
import {
  businessHoursFrom,
  nextBusinessDayEnds,
} from '../../src/config/calendar/business-hours.ts';
import { Calendar, Severities } from '../../src/config/schema/people.ts';
import { escalationPlan } from '../../src/notify/escalation-plan.ts';
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

  test.each([
    [
      'in the evening',
      '2026-01-06T23:00:00Z',
      '2026-01-06T23:00:00.000Z',
      '2026-01-08T06:00:00.000Z',
    ],
    [
      'after midnight',
      '2026-01-07T03:00:00Z',
      '2026-01-07T03:00:00.000Z',
      '2026-01-08T06:00:00.000Z',
    ],
    ['by day', '2026-01-07T12:00:00Z', '2026-01-07T22:00:00.000Z', '2026-01-09T06:00:00.000Z'],
    // The night from Friday to Saturday is Friday's.
    ['on Saturday', '2026-01-10T03:00:00Z', '2026-01-10T03:00:00.000Z', '2026-01-13T06:00:00.000Z'],
  ])('over midnight, %s', (_when, from, works, ends) => {
    const night = Calendar.parse({ hours: '22:00-06:00' });

    expect([businessHoursFrom(night, from), nextBusinessDayEnds(night, from)]).toEqual([
      works,
      ends,
    ]);
  });
});

describe('escalationPlan', () => {
  test("tells nobody outside of people's hours, at whatever level, when the next business day is early enough", () => {
    const target = targetIn('/tmp/target-hours', {
      calendar,
      severity: Severities.parse({}),
      contacts: { first: { members: [] }, second: { members: [] } },
      escalation: [
        { level: 1, to: 'first' },
        { level: 2, to: 'second', after: '2h' },
      ],
    });
    const timesAt = (severity: 'sev3' | 'sev4') =>
      escalationPlan(target, {
        target: target.name,
        severity,
        from: '2026-01-04T12:00:00Z',
      }).steps.map(({ at }) => at);

    expect(timesAt('sev4')).toEqual(['2026-01-04T12:00:00.000Z', '2026-01-06T05:00:00.000Z']);
    expect(timesAt('sev3')).toEqual(['2026-01-04T12:00:00.000Z', '2026-01-04T14:00:00.000Z']);
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
