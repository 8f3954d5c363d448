import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import { answered } from '../../src/incident/answered.ts';
import { heard } from '../../src/incident/episode.ts';
import { elapsed } from '../../src/incident/escalation.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { type Member, membersText } from '../../src/incident/members/members.ts';
import { pageOf } from '../../src/incident/page-text.ts';

const START = Date.parse('2026-01-05T02:00:00Z');
const time = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const LATER = new Date(START + 3_600_000).toISOString();

function member(name: string | number, second: number, change: Partial<Member> = {}): Member {
  return {
    fingerprint: `disk-${name}`,
    status: 'firing',
    severity: 'sev3',
    title: `Disk ${name} is full`,
    at: time(second),
    ...change,
  };
}

function report(members: readonly Member[], change: Partial<AlertReport> = {}): AlertReport {
  return {
    target: 'demo',
    fingerprint: 'disks',
    status: 'firing',
    severity: 'sev3',
    title: 'DiskFull',
    source: 'alertmanager',
    at: members[0]!.at,
    members: [...members],
    ...change,
  };
}

function heardAll(...reports: readonly AlertReport[]): Incident {
  let incident: Incident | undefined;
  for (const one of reports) incident = heard(incident, one, time(100));
  return incident!;
}

describe('an incident of several alerts', () => {
  const truth = fc.record({ name: fc.nat(4), firing: fc.boolean() });

  test.prop([fc.array(truth, { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat())])(
    'is over when the newest that each has said is, in whatever order they come and how often',
    (truths, random) => {
      const said = truths.map(({ name, firing }, second) =>
        member(name, second + 1, { status: firing ? 'firing' : 'resolved' }),
      );
      const shuffled = [...said, ...said]
        .map((one) => ({ one, key: random.next().value as number }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one);
      let incident = heard(undefined, report([0, 1, 2, 3, 4].map((one) => member(one, 0))), LATER);
      for (const one of shuffled) incident = heard(incident, report([one]), LATER);

      const newest = new Map(said.map(({ fingerprint, status }) => [fingerprint, status]));
      const fires = newest.size < 5 || [...newest.values()].includes('firing');
      expect(elapsed(incident, LATER).state).toBe(fires ? 'triggered' : 'resolved');
    },
  );

  test('is not over by what one said before it said that it fires, when that comes late', () => {
    const all = [0, 1].map((one) => member(one, 0));
    const incident = heardAll(
      report(all),
      report([member(0, 3)]),
      report([member(1, 7, { status: 'resolved' })]),
      report([member(0, 2, { status: 'resolved' })]),
    );

    expect(elapsed(incident, LATER).state).toBe('triggered');
  });

  test('says how many there are and which, the gravest first', () => {
    const many = Array.from({ length: 12 }, (_, index) => member(index, 0));
    const incident = heardAll(
      report([...many, member('worst', 0, { severity: 'sev1' })]),
      report([member(3, 5, { status: 'resolved' })]),
    );

    const { subject, body } = pageOf(
      incident,
      'ops',
      { event: 'note', text: 'It is triggered' },
      'run',
      time(9),
    );

    expect(subject).toBe('sev1 demo: DiskFull (12 alerts fire, 1 is over)');
    expect(body).toContain('- sev1 Disk worst is full\n- sev3 Disk 0 is full\n');
    expect(body).toContain('- and 2 more');
    expect(incident.timeline.map(({ what, text }) => [what, text])).toEqual([
      ['triggered', 'DiskFull'],
      ['severity', 'sev3 becomes sev1'],
      ['members', '12 alerts fire, 1 is over'],
    ]);
  });

  test('becomes graver by a new alert, also after a person made it lighter, and by no repeat', () => {
    const worst = member('worst', 1, { severity: 'sev1' });
    let incident = heardAll(report([member(0, 0)]), report([worst]));
    const lighter = { what: 'severity', by: 'ana', severity: 'sev3' } as const;
    incident = answered(incident, lighter, time(101));

    const repeated = heard(incident, report([worst]), time(102));
    const other = heard(incident, report([member('other', 2, { severity: 'sev1' })]), time(102));

    expect([incident.severity, repeated.severity, other.severity]).toEqual([
      'sev3',
      'sev3',
      'sev1',
    ]);
  });

  test('loses none of more than it knows by name', () => {
    const numbers = Array.from({ length: 3000 }, (_, index) => index);
    const all = numbers.map((number) => member(number, 0));
    const over = numbers.map((number) => member(number, 5, { status: 'resolved' }));
    let incident = heardAll(report(all));
    const fire = membersText(incident.members!);

    incident = heard(incident, report(over.slice(1)), time(101));
    const last = elapsed(incident, LATER).state;
    incident = heard(incident, report(over.slice(0, 1)), time(102));

    expect([fire, last, elapsed(incident, LATER).state]).toEqual([
      '3000 alerts fire',
      'triggered',
      'resolved',
    ]);
  });

  test('of more than it can count is ended by a person alone', () => {
    const all = Array.from({ length: 11_001 }, (_, index) => member(index, 0));
    let incident = heardAll(report(all));
    const over = all.map((one) => ({ ...one, status: 'resolved' as const, at: time(5) }));

    incident = heard(incident, report(over), LATER);

    expect(elapsed(incident, LATER).state).toBe('triggered');
    expect(answered(incident, { what: 'resolve', by: 'ana' }, LATER).state).toBe('resolved');
  });

  test('asks anew when others come that have nothing in common with those acknowledged', () => {
    const known = heardAll(report([member(0, 0)]));
    const held = answered(known, { what: 'acknowledge', by: 'ana' }, time(101));

    const grouped = heard(held, report([member(1, 2)]), time(102));
    const stormy = heard(held, report([member(1, 2)], { mixed: true }), time(102));
    const repeated = heard(held, report([member(0, 0)], { mixed: true }), time(102));

    expect([grouped.state, stormy.state, repeated.state]).toEqual([
      'acknowledged',
      'triggered',
      'acknowledged',
    ]);
    expect(stormy.escalation.round).toBe(known.escalation.round + 1);
  });
});
