import { describe, expect, test } from 'vitest';
import { elapsed, nextMoment } from '../../src/incident/escalation.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { at, reckoned, opened, say, dueAt, callDue } from './three-levels.ts';

describe('the next round', () => {
  const told = () => [15, 60].reduce(callDue, opened());
  const begins = (incident: Incident) => nextMoment(incident, at(61));

  test('is put off by nobody who is called by request', () => {
    expect(begins(told())).toBe(at(90));

    const asked = callDue(say(told(), 80, { what: 'respond', to: 'security' }), 80);

    expect(begins(asked)).toBe(at(90));
    expect(dueAt(reckoned(elapsed(asked, at(90))), 90)).toEqual(['operations']);
  });

  test('comes sooner when the last level was called before its time', () => {
    const early = callDue(say([15].reduce(callDue, opened()), 20, { what: 'escalate' }), 20);

    expect(nextMoment(early, at(20))).toBe(at(50));
  });

  test('counts from the last page of all where an older version has told nobody when', () => {
    const { escalation, ...rest } = told();
    const steps = escalation.steps.map(({ notifiedAt: _at, ...one }) => one);

    expect(begins({ ...rest, escalation: { ...escalation, steps } })).toBe(at(90));
  });
});
