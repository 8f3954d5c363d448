import { describe, expect, test } from 'vitest';
import { answered } from '../../src/incident/answered.ts';
import { openEpisode } from '../../src/incident/episode.ts';
import { dueSteps, elapsed, nextMoment, paged } from '../../src/incident/escalation.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { Answer } from '../../src/incident/messages.ts';
import {
  MINUTE,
  at,
  policy,
  report,
  reckoned,
  opened,
  say,
  dueAt,
  callDue,
} from './three-levels.ts';

describe('escalate', () => {
  test('calls the next level at once, and leaves those after it their time', () => {
    const incident = say(opened(), 5, { what: 'escalate' });

    expect(dueAt(incident, 5)).toEqual(['development']);
    expect(dueAt(callDue(incident, 5), 59)).toEqual([]);
    expect(dueAt(callDue(incident, 5), 60)).toEqual(['management']);
    expect(incident.timeline.at(-1)).toMatchObject({ what: 'escalated', by: 'ana' });
  });

  test('takes it from whoever had it, and calls not all at once whose time passed meanwhile', () => {
    const held = say(opened(), 5, { what: 'acknowledge' });
    const incident = say(say(held, 50, { what: 'note', text: '...' }), 100, { what: 'escalate' });

    expect(incident).toMatchObject({ state: 'triggered' });
    expect(incident.acknowledged).toBeUndefined();
    expect(dueAt(incident, 100)).toEqual(['development']);
    expect(dueAt(callDue(incident, 100), 144)).toEqual([]);
    expect(dueAt(callDue(incident, 100), 145)).toEqual(['management']);
  });

  test('begins anew when all have been called', () => {
    const all = callDue(callDue(opened(), 15), 60);

    expect(dueAt(reckoned(say(all, 65, { what: 'escalate' })), 65)).toEqual(['operations']);
  });

  test('calls level 1 whatever is held back, also when nobody knew yet who that is', () => {
    const escalated = say(openEpisode(report, at(0)), 5, { what: 'escalate' });
    const held: Incident = { ...reckoned(escalated), heldUntil: at(600) };

    expect(dueAt(held, 5)).toEqual(['operations']);
    expect(dueAt(callDue(held, 5), 599)).toEqual([]);
  });

  test('calls nobody again who was asked for by name', () => {
    const asked = callDue(say(opened(), 5, { what: 'respond', to: 'development' }), 5);

    expect(dueAt(say(reckoned(asked), 6, { what: 'escalate' }), 6)).toEqual(['management']);
  });

  test('keeps nobody waiting whom a person has asked for, and calls the next level beside them', () => {
    const both = say(say(opened(), 31, { what: 'respond', to: 'security' }), 31, {
      what: 'escalate',
    });
    const asked = say(opened(), 5, { what: 'respond', to: 'security' });
    const failed = paged(asked, dueSteps(asked, at(5))[0]!, { deliveries: [] }, at(5));

    expect(dueAt(both, 31).toSorted()).toEqual(['development', 'security']);
    expect(dueAt(say(reckoned(failed), 6, { what: 'escalate' }), 6)).toContain('development');
  });

  test('calls whom it names, also one that no level has, and while somebody works on the target', () => {
    const held: Incident = { ...opened(), heldUntil: at(600) };
    const incident = say(held, 5, { what: 'escalate', to: 'security' });

    expect(dueAt(incident, 5)).toEqual(['security']);
    expect(dueAt(callDue(incident, 5), 16)).toEqual([]);
  });
});

describe('reassign', () => {
  test('calls the contact at once, and the usual levels when it does not answer', () => {
    const held = say(opened(), 5, { what: 'acknowledge' });
    const given = say(held, 20, { what: 'reassign', to: 'security', reason: 'it is theirs' });

    expect(dueAt(given, 20)).toEqual(['security']);
    const called = callDue(reckoned(callDue(given, 20)), 20);
    expect([20, 34].flatMap((minutes) => dueAt(called, minutes))).toEqual([]);
    expect(dueAt(called, 35)).toEqual(['operations']);
    expect(nextMoment(called, at(20))).toBe(at(35));
    expect(given.timeline.at(-1)).toMatchObject({
      what: 'reassigned',
      text: 'To security: it is theirs',
    });
  });

  test('waits no longer than before, when nobody knows yet what a graver fault asks for', () => {
    const light = { ...opened(), policy: { ...policy, repeat: 480 * MINUTE } };
    const lighter = say(light, 5, { what: 'severity', severity: 'sev3' });
    const raised = say(lighter, 200, { what: 'severity', severity: 'sev1' });

    const given = say(raised, 200, { what: 'reassign', to: 'security' });

    expect(given.escalation.from).toBe(at(215));
  });

  test('is not lost when the contact is told only after it was reckoned anew', () => {
    const given = reckoned(say(opened(), 5, { what: 'reassign', to: 'security' }));

    expect(dueAt(given, 5)).toEqual(['security']);
  });
});

describe('respond', () => {
  test('calls one contact more, and whoever has it keeps it', () => {
    const held = say(opened(), 5, { what: 'acknowledge' });
    const incident = say(held, 10, { what: 'respond', to: 'security' });

    expect(incident).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'ana' } });
    expect(dueAt(incident, 10)).toEqual(['security']);
    expect(dueAt(callDue(incident, 10), 30)).toEqual([]);
  });

  test('is tried again until somebody was reached, and once more when it is asked for again', () => {
    const held = say(opened(), 5, { what: 'acknowledge' });
    const asked = say(held, 10, { what: 'respond', to: 'security' });
    const failed = paged(asked, dueSteps(asked, at(10))[0]!, { deliveries: [] }, at(10));

    expect(nextMoment(failed, at(10))).toBe(at(10.25));
    expect(dueAt(failed, 10.25)).toEqual(['security']);
    // Also when nobody has it any more, and all begins again.
    expect(dueAt(reckoned(elapsed(failed, at(90))), 90)).toEqual(['security', 'operations']);
    const told = callDue(failed, 10.25);
    expect(dueAt(say(told, 20, { what: 'respond', to: 'security' }), 20)).toEqual(['security']);
  });
});

describe('what a person says', () => {
  test('is refused with a reason where it cannot be, and changes nothing else', () => {
    const over = answered(opened(), { what: 'resolve', by: 'ana' }, at(5));
    const refused: readonly [Incident, Partial<Answer>, RegExp][] = [
      [
        opened(),
        { what: 'escalate', to: 'nobody' },
        /"nobody" is no contact of shop: there are op/,
      ],
      [opened(), { what: 'task-done', task: 7 }, /there is no task 7: it has none/],
      [opened(), { what: 'severity', severity: 'sev1' }, /it is sev1 already/],
      [opened(), { what: 'unacknowledge' }, /nobody has acknowledged it/],
      [over, { what: 'escalate' }, /resolved already/],
      [over, { what: 'snooze', until: at(9) }, /resolved already/],
      [over, { what: 'reassign', to: 'security' }, /resolved already/],
      [over, { what: 'respond', to: 'security' }, /resolved already/],
      [over, { what: 'unacknowledge' }, /resolved already/],
    ];
    for (const [incident, answer, why] of refused) {
      const next = say(incident, 6, { id: 'b3b6e1a2-62ff-4b83-9a38-2f9a4f1c7d11', ...answer });
      expect(next.timeline.at(-1)).toMatchObject({
        text: expect.stringMatching(why),
        refused: true,
        answer: 'b3b6e1a2-62ff-4b83-9a38-2f9a4f1c7d11',
      });
      expect({ ...next, timeline: [] }).toEqual({ ...incident, timeline: [] });
    }
  });

  test('calls no more people than anybody can follow, though nobody knows yet whom it names', () => {
    let incident = openEpisode(report, at(0));
    for (let index = 0; index < 300; index += 1)
      incident = say(incident, 1, { what: 'respond', to: `contact-${index}` });

    expect(incident.escalation.steps).toHaveLength(200);
    expect(incident.timeline.at(-1)?.text).toContain('200 are called already');
  });

  test('counts once, however often it comes', () => {
    const note = { what: 'note', text: 'x', id: 'b3b6e1a2-62ff-4b83-9a38-2f9a4f1c7d11' } as const;
    const once = say(opened(), 5, note);

    expect(say(once, 6, note)).toEqual(once);
  });

  test('of nobody who has it calls people from level 1 on', () => {
    const held = say(opened(), 5, { what: 'acknowledge' });

    expect(dueAt(reckoned(say(held, 10, { what: 'unacknowledge' })), 10)).toEqual(['operations']);
  });
});
