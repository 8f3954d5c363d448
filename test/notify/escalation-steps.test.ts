import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { EscalationLevel } from '../../src/config/schema/on-call/escalation-level.ts';
import { Calendar, Severities } from '../../src/config/schema/people.ts';
import type { Severity } from '../../src/config/schema/values/severity.ts';
import { escalationSteps } from '../../src/notify/escalation-steps.ts';
import { targetIn } from '../support/target.ts';

type Level = z.input<typeof EscalationLevel>;
type Kind = 'security' | 'database';

const names = ['operations', 'security', 'management'];
const contacts = Object.fromEntries(names.map((name) => [name, {}]));

function stepsOf(
  escalation: Level[],
  { severity = 'sev1', kind }: { severity?: Severity; kind?: Kind | undefined } = {},
  from = '2026-01-06T10:00:00.000Z',
  hours = '09:00-17:00',
) {
  const target = targetIn('/tmp/target-steps', {
    contacts,
    escalation,
    calendar: Calendar.parse({ hours }),
    severity: Severities.parse({}),
  });
  return escalationSteps(target, { target: target.name, severity, kind, from }).map(
    ({ level, contact, at }) => `${level} ${contact} ${at.slice(8, 16)}`,
  );
}

describe('a level', () => {
  test('calls each of its contacts, as a step of its own', () => {
    expect(stepsOf([{ level: 1, to: ['operations', 'security', 'operations'] }])).toEqual([
      '1 operations 06T10:00',
      '1 security 06T10:00',
    ]);
  });

  test('is due when all its conditions hold, and of a list one is enough', () => {
    const when: Level['when'] = { severity: ['sev1', 'sev2'], kind: 'security' };
    const due = (severity: Severity, kind?: Kind) =>
      stepsOf([{ level: 1, to: 'security', when }], { severity, kind }).length;

    expect([due('sev1', 'security'), due('sev2', 'security')]).toEqual([1, 1]);
    expect([due('sev3', 'security'), due('sev1', 'database'), due('sev1')]).toEqual([0, 0, 0]);
  });

  test('that pages one contact by two lines at once is refused', () => {
    const levels: Level[] = [
      { level: 1, to: 'operations', after: '10m', when: 'sev1' },
      { level: 1, to: 'operations', when: 'security' },
    ];

    expect(() => stepsOf(levels)).toThrow(/Level \\?"1\\?" pages \\?"operations\\?" twice/);
  });

  test('of the same name may be two lines that leave each other out', () => {
    const levels: Level[] = [
      { level: 1, to: 'operations', during: 'business-hours' },
      { level: 1, to: 'operations', after: '5m', during: 'out-of-hours' },
      { level: 2, to: 'security', when: 'sev1' },
      { level: 2, to: 'security', when: 'sev2' },
    ];

    expect(stepsOf(levels)).toEqual(['1 operations 06T10:00', '2 security 06T10:00']);
    expect(stepsOf(levels, {}, '2026-01-06T22:00:00.000Z')).toEqual([
      '2 security 06T22:00',
      '1 operations 06T22:05',
    ]);
  });
});

describe('hours', () => {
  const levels: Level[] = [
    { level: 'day', to: 'operations', during: 'business-hours' },
    { level: 'night', to: 'security', during: 'out-of-hours' },
  ];

  test.for([
    ['by day', '2026-01-06T10:00:00.000Z', ['day operations 06T10:00']],
    ['at night', '2026-01-06T22:00:00.000Z', ['night security 06T22:00']],
    ['on Saturday', '2026-01-10T10:00:00.000Z', ['night security 10T10:00']],
    // The policy begins anew after 30 min: the other one is there by then.
    [
      'at the end of the day',
      '2026-01-06T16:45:00.000Z',
      ['day operations 06T16:45', 'night security 06T17:00'],
    ],
    [
      'before the morning',
      '2026-01-06T08:40:00.000Z',
      ['night security 06T08:40', 'day operations 06T09:00'],
    ],
  ] as const)('%s call who is there, and do not wait for who is not', ([, from, due]) => {
    expect(stepsOf(levels, {}, from)).toEqual(due);
  });

  test('over midnight are those of the day on which they begin', () => {
    const at = (from: string) => stepsOf(levels, {}, from, '22:00-06:00');

    expect(at('2026-01-06T23:00:00.000Z')).toEqual(['day operations 06T23:00']);
    expect(at('2026-01-07T03:00:00.000Z')).toEqual(['day operations 07T03:00']);
    expect(at('2026-01-07T12:00:00.000Z')).toEqual(['night security 07T12:00']);
    // The night from Friday to Saturday is Friday's, and the next one is free.
    expect(at('2026-01-10T03:00:00.000Z')).toEqual(['day operations 10T03:00']);
    expect(at('2026-01-10T23:00:00.000Z')).toEqual(['night security 10T23:00']);
  });

  test('that are the only ones are waited for', () => {
    expect(stepsOf([levels[0]!], {}, '2026-01-09T22:00:00.000Z')).toEqual([
      'day operations 12T09:00',
    ]);
  });

  test('of the night call nobody of what the next business day is early enough for', () => {
    expect(stepsOf(levels, { severity: 'sev4' }, '2026-01-06T22:00:00.000Z')).toEqual([
      'day operations 07T09:00',
    ]);
  });
});
