import { describe, expect, test } from 'vitest';
import {
  announced,
  announcementTried,
  dueAnnouncements,
} from '../../src/incident/announcements.ts';
import { answered } from '../../src/incident/answered.ts';
import { withoutStale } from '../../src/incident/beside/bundling.ts';
import { heard, openEpisode, resolved, withSeverity } from '../../src/incident/episode.ts';
import { dueSteps, isUntold, paged, unheld } from '../../src/incident/escalation.ts';
import { planned } from '../../src/incident/planned.ts';
import type { Incident, IncidentPolicy } from '../../src/incident/incident.ts';
import type { Delivery } from '../../src/incident/page.ts';
import { pageOf } from '../../src/incident/page-text.ts';
import { pageTo } from '../notify/channels/support/page.ts';

const START = Date.parse('2026-01-06T02:00:00Z');
const time = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const policy: IncidentPolicy = {
  repeat: 1_800_000,
  acknowledged: 3_600_000,
  hold: 0,
  rings: true,
};
const mail: Delivery = { channel: 'email', delivered: true, detail: '250' };
const deaf: Delivery = { channel: 'pager', delivered: false, rings: true, detail: 'HTTP 500' };
const report = {
  target: 'demo',
  fingerprint: 'down',
  status: 'firing',
  severity: 'sev1',
  title: 'It is down',
  source: 'test',
  at: time(0),
} as const;

/** With two levels, at once and after half an hour. */
function open(severity: Incident['severity'] = 'sev1'): Incident {
  const steps = [
    { level: '1', contact: 'first', at: time(0), notified: false, tries: 0 },
    { level: '2', contact: 'second', at: time(30), notified: false, tries: 0 },
  ];
  return planned(openEpisode({ ...report, severity }, time(0)), 1, policy, steps, time(0));
}

function dueAt(incident: Incident, minutes: number): string[] {
  return dueSteps(incident, time(minutes)).map(({ contact }) => contact);
}

describe('what is announced', () => {
  test('is tried again, by the channels that failed, until they take it', () => {
    const incident = announced(open(), ['first'], 'resolve', time(1));
    const [first] = dueAnnouncements(incident, time(1));

    const failed = announcementTried(incident, first!, { deliveries: [mail, deaf] }, time(1));
    const [again] = dueAnnouncements(failed, time(2));
    const done = announcementTried(
      failed,
      again!,
      { deliveries: [{ ...deaf, delivered: true }] },
      time(2),
    );

    expect(failed.timeline.at(-1)).toMatchObject({
      what: 'unnotified',
      text: 'first was not told (resolve): pager',
    });
    expect(dueAnnouncements(failed, time(1))).toEqual([]);
    expect(again).toMatchObject({ contact: 'first', only: ['pager'], tries: 1 });
    expect(done.announcements).toEqual([]);
  });

  test('is given up after a day, and not before', () => {
    let incident = announced(open(), ['first'], 'acknowledge', time(0));
    let tries = 0;
    for (let minute = 0; minute < 3000; minute += 1)
      for (const one of dueAnnouncements(incident, time(minute))) {
        incident = announcementTried(incident, one, { deliveries: [deaf] }, time(minute));
        tries += 1;
      }

    expect(incident.announcements).toEqual([]);
    expect(tries).toBeGreaterThan(140);
  });

  test('is the last word: who hears of the end hears no more of an acknowledgement', () => {
    const told = paged(open(), open().escalation.steps[0]!, { deliveries: [mail] }, time(0));
    const known = answered(told, { what: 'acknowledge', by: 'ops' }, time(1));

    const over = resolved(known, 'ops', 'By hand', time(2));

    expect(known.announcements).toMatchObject([{ contact: 'first', event: 'acknowledge' }]);
    expect(over.announcements).toMatchObject([{ contact: 'first', event: 'resolve' }]);
  });

  test('is the end, to whom it was told how it stands, too', () => {
    const updates = { to: 'management', every: 3_600_000 };
    const over = resolved({ ...open(), policy: { ...policy, updates } }, 'ops', '', time(1));

    expect(over.announcements).toMatchObject([{ contact: 'management', event: 'resolve' }]);
  });
});

describe('a mail alone', () => {
  test('tells nobody of a sev1 where something rings: the next level is due at once', () => {
    const [first] = open().escalation.steps;

    const grave = paged(open(), first!, { deliveries: [mail] }, time(0));
    const light = paged(open('sev2'), first!, { deliveries: [mail] }, time(0));

    expect([dueAt(grave, 0), dueAt(light, 0)]).toEqual([['second'], []]);
    expect([isUntold(grave), isUntold(light)]).toEqual([true, false]);
    expect(grave.timeline.at(-1)?.text).toBe('level 1, first, by email, which wakes nobody');
  });
});

describe('a level that was called before its time, because nothing rang', () => {
  test('is tried in its own time, too, however long the next try has become', () => {
    let incident = open();
    const tried: number[] = [];
    for (let minute = 0; minute < 31; minute += 0.25)
      for (const step of dueSteps(incident, time(minute))) {
        if (step.contact === 'second') tried.push(minute);
        incident = paged(incident, step, { deliveries: [mail, deaf] }, time(minute));
        // Whoever is called anew meanwhile draws the others along.
        if (minute === 7)
          incident = answered(incident, { what: 'respond', by: 'ops', to: 'first' }, time(7));
      }

    expect(tried[0]).toBeLessThan(1);
    expect(tried).toContain(30);
  });
});

describe('a hold that is lifted early', () => {
  test('lets all begin anew: level 1 at once, the others after their delays', () => {
    const [first] = open().escalation.steps;
    const held = paged(open(), first!, { deliveries: [], heldUntil: time(300) }, time(0));

    const lifted = unheld(held, time(45));
    const { from, version } = lifted.escalation;
    const steps = [
      { ...first!, at: time(45) },
      { ...first!, level: '2', contact: 'second', at: time(75) },
    ];
    const calling = planned(lifted, version, policy, steps, time(45));

    expect(dueAt(held, 45)).toEqual([]);
    expect(from).toBe(time(45));
    // Until it is reckoned anew, nobody is called by what was reckoned before.
    expect(dueAt(lifted, 45)).toEqual([]);
    expect([dueAt(calling, 45), dueAt(calling, 74)]).toEqual([['first'], ['first']]);
    expect(dueAt(calling, 75)).toEqual(['first', 'second']);
  });
});

describe('a severity', () => {
  const told = () => {
    const [first] = open('sev3').escalation.steps;
    return paged(open('sev3'), first!, { deliveries: [mail] }, time(0));
  };

  test('that is raised is said, and answered anew', () => {
    const known = answered(told(), { what: 'acknowledge', by: 'ops' }, time(1));

    const raised = withSeverity(known, 'sev1', 'alertmanager', time(5));
    const { version } = raised.escalation;
    const steps = open().escalation.steps.map((step) =>
      step.level === '1' ? { ...step, at: time(5) } : { ...step, at: time(35) },
    );
    const calling = planned(raised, version, policy, steps, time(5));
    const page = pageOf(
      calling,
      'first',
      { event: 'trigger', step: calling.escalation.steps[0]! },
      'run',
      time(5),
    );

    expect([raised.state, raised.acknowledged]).toEqual(['triggered', undefined]);
    expect([dueAt(raised, 5), dueAt(calling, 5)]).toEqual([[], ['first']]);
    // No later than it was due before.
    expect(dueAt(calling, 30)).toEqual(['first', 'second']);
    expect(page.body).toContain(`It was sev3 until ${time(5)}, and is sev1 now`);
  });

  test('that a person lowers calls nobody, and no repeat raises it again', () => {
    const lowered = withSeverity(open(), 'sev3', 'ops', time(5));
    const again = heard(lowered, { ...report, at: time(6) }, time(6));
    const grave = heard(lowered, { ...report, source: 'other', at: time(6) }, time(6));

    expect([again.severity, grave.severity]).toEqual(['sev3', 'sev1']);
  });
});

describe('an incident that was taken in late', () => {
  test('counts from when Temporal received it, and says for how long nobody was told', () => {
    const incident = heard(undefined, { ...report, at: time(-90) }, time(45), time(0));

    expect(incident).toMatchObject({ openedAt: time(0), startsAt: time(-90) });
    expect(incident.escalation.from).toBe(time(0));
    expect(incident.timeline.at(-1)?.text).toBe(
      'Nobody was told for 45 minutes: no worker was there to take it in',
    );
  });
});

describe('an episode that begins with what was said to the one before', () => {
  test('counts from when Temporal received that, and never from a time to come', () => {
    const late = heard(undefined, { ...report, received: time(-6) }, time(9));
    const wrong = heard(undefined, { ...report, received: time(60) }, time(9));

    expect([late.openedAt, late.escalation.from]).toEqual([time(-6), time(-6)]);
    expect(late.timeline.at(-1)?.text).toMatch(/^Nobody was told for 15 minutes/);
    expect(wrong.openedAt).toBe(time(9));
  });
});

describe('what is resolved', () => {
  test('stays so, whatever is said', () => {
    const over = resolved(open(), 'ops', 'By hand', time(1));
    const late = answered(over, { what: 'acknowledge', by: 'dev' }, time(2));
    const noted = answered(late, { what: 'note', by: 'dev', text: 'It was the disk' }, time(3));

    expect([late.state, noted.state]).toEqual(['resolved', 'resolved']);
    expect(noted.timeline.slice(-2).map(({ text }) => text)).toEqual([
      'Not taken (acknowledge): it is resolved already',
      'It was the disk',
    ]);
  });
});

describe('withoutStale', () => {
  test('keeps the last word of an incident alone, and all that runs have said', () => {
    const note = (thread: string) => pageTo('operations', { event: 'note', thread });
    const waiting = [note('incident/demo/down/1'), note('incident/demo/full/1'), note('backup')];

    expect(withoutStale(waiting, note('incident/demo/down/1'))).toEqual(waiting.slice(1));
    expect(withoutStale(waiting, note('backup'))).toEqual(waiting);
  });
});
