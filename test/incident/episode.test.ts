import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import { answered } from '../../src/incident/answered.ts';
import { openEpisode, reported } from '../../src/incident/episode.ts';
import { elapsed } from '../../src/incident/escalation.ts';
import { type Answer, Answer as AnswerSchema } from '../../src/incident/messages.ts';

const START = Date.parse('2026-01-05T02:00:00Z');
const HOUR = 3_600_000;
const time = (seconds: number) => new Date(START + seconds * 1000).toISOString();

function report(seconds: number, change: Partial<AlertReport> = {}): AlertReport {
  return {
    target: 'demo',
    fingerprint: 'down',
    status: 'firing',
    severity: 'sev2',
    title: 'It is down',
    source: 'test',
    at: time(seconds),
    ...change,
  };
}

/** Each second at most one thing is true of the fault: it is there, or it is not. */
const truths = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });

describe('reports', () => {
  test.prop([truths, fc.infiniteStream(fc.nat()), fc.nat(3)])(
    'in any order and twice tell what the newest says',
    (there, random, doubles) => {
      const all = there.map((firing, second) =>
        report(second + 1, { status: firing ? 'firing' : 'resolved' }),
      );
      const shuffled = [...all, ...all.slice(0, doubles)]
        .map((one) => ({ one, key: random.next().value as number }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ one }) => one);
      // It was opened by one before all of them.
      let incident = openEpisode(report(0), time(100));
      for (const one of shuffled) incident = reported(incident, one, time(100));
      const later = elapsed(incident, new Date(START + HOUR).toISOString());

      // There is no policy: what has cleared is resolved at once.
      expect(later.state).toBe(there.at(-1) ? 'triggered' : 'resolved');
    },
  );

  test('count, and make the incident graver, never lighter', () => {
    let incident = openEpisode(report(0), time(0));
    incident = reported(incident, report(1, { severity: 'sev1' }), time(1));
    incident = reported(incident, report(2, { severity: 'sev4' }), time(2));

    expect(incident).toMatchObject({ count: 3, severity: 'sev1' });
    expect(incident.timeline.map(({ what }) => what)).toEqual(['triggered', 'severity']);
  });

  test('of a fault that comes and goes keep it open for longer each time', () => {
    let incident = openEpisode(report(0, { hold: '5m' }), time(0));
    const holds: number[] = [];
    for (let round = 1; round <= 6; round += 1) {
      const now = time(round * 10);
      incident = reported(incident, report(round * 10, { status: 'resolved' }), now);
      holds.push((Date.parse(incident.resolvesAt!) - Date.parse(now)) / 60_000);
      incident = reported(incident, report(round * 10 + 5), time(round * 10 + 5));
    }

    expect(holds).toEqual([5, 5, 5, 10, 20, 40]);
    expect(incident.timeline.filter(({ what }) => what === 'flapping')).toHaveLength(1);
  });

  test('forget no more than the oldest entries of a long timeline', () => {
    let incident = openEpisode(report(0), time(0));
    for (let second = 1; second <= 600; second += 1)
      incident = answered(
        incident,
        { what: 'note', by: 'ops', text: String(second) },
        time(second),
      );

    expect(incident.timeline).toHaveLength(500);
    expect(incident.timeline.at(-1)?.text).toBe('600');
  });
});

describe('what people say', () => {
  test('is kept: tasks with owner and date, roles, a severity with its reason', () => {
    const said: Answer[] = [
      { what: 'task', by: 'ops', title: 'Add a disk', owner: 'dev', due: '2026-01-09' },
      { what: 'task', by: 'ops', title: 'Write it down', owner: 'ops' },
      { what: 'task-done', by: 'ops', task: 1 },
      { what: 'assign', by: 'ops', role: 'commander', to: 'dev' },
      { what: 'severity', by: 'ops', severity: 'sev3', reason: 'only one chart' },
    ];
    let incident = openEpisode(report(0), time(0));
    for (const answer of said) incident = answered(incident, AnswerSchema.parse(answer), time(1));

    expect(incident).toMatchObject({
      severity: 'sev3',
      roles: { commander: 'dev' },
      tasks: [
        { number: 1, title: 'Add a disk', owner: 'dev', due: '2026-01-09', done: true },
        { number: 2, title: 'Write it down', owner: 'ops', done: false },
      ],
    });
    expect(incident.timeline.at(-1)).toMatchObject({
      what: 'severity',
      by: 'ops',
      text: 'sev2 becomes sev3: only one chart',
    });
  });
});
