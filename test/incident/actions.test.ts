import { describe, expect, test } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import type { Severity } from '../../src/config/schema/values/severity.ts';
import { answered } from '../../src/incident/answered.ts';
import { dueReminders } from '../../src/incident/beside/follow-up.ts';
import { heard, openEpisode, withSeverity } from '../../src/incident/episode.ts';
import { elapsed } from '../../src/incident/escalation.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { pageOf, standingText } from '../../src/incident/page-text.ts';
import { planned } from '../../src/incident/planned.ts';
import { escalationPlan } from '../../src/notify/escalation-plan.ts';

const a = loadTarget('ahgd', 'targets');
const b = loadTarget('analytics-hub', 'targets');
/** A Friday evening in UTC, when A's teams have gone home. */
const FRIDAY = '2026-01-09T19:00:00.000Z';
const later = (days: number) => new Date(Date.parse(FRIDAY) + days * 86_400_000).toISOString();

const report = {
  target: a.name,
  fingerprint: 'minor',
  status: 'firing',
  title: 'The legend is cut off',
  source: 'alertmanager',
  at: FRIDAY,
} as const;

function reckoned(incident: Incident, target = a, now = FRIDAY): Incident {
  const { severity, escalation, to } = incident;
  const question = { target: target.name, severity, to, from: escalation.from };
  const { policy, steps } = escalationPlan(target, question);
  return planned(incident, escalation.version, policy, steps, now);
}

const open = (severity: Severity, more: { readonly to?: string } = {}) =>
  openEpisode({ ...report, severity, ...more }, FRIDAY);

describe('what the policy asks of a severity', () => {
  test('is, of a sev3 of A, a scheduled fix with an owner and a business day, and is watched', () => {
    const incident = reckoned(open('sev3'));

    expect(incident.tasks).toEqual([
      {
        number: 1,
        title: 'Scheduled fix: The legend is cut off',
        owner: 'development',
        // Five days later is a Wednesday, in the evening.
        due: '2026-01-15',
        done: false,
        asked: 'sev3',
      },
    ]);
    expect(incident.policy?.updates).toEqual({ to: 'development', every: 86_400_000 });
    expect(incident.updateAt).toBe(later(1));
    expect(standingText({ ...incident, flaps: 2 })).toBe(
      `It is triggered since ${FRIDAY}, has come back 2 times, and has 1 open task, of which the first is due on 2026-01-15`,
    );
  });

  test('is, of a sev4 of A, the backlog, and nobody is told at night or at a weekend', () => {
    const incident = reckoned(open('sev4'));

    expect(incident.tasks).toMatchObject([
      { title: 'Backlog: The legend is cut off', owner: 'development', due: '2026-02-09' },
    ]);
    expect(incident.policy).not.toHaveProperty('updates');
    const [step] = incident.escalation.steps;
    const reason = { event: 'trigger', step: step! } as const;
    expect(pageOf(incident, 'operations', reason, 'episode', step!.at).urgent).toBe(false);
    expect(incident.escalation.steps.map(({ contact, at }) => `${contact} ${at}`)).toEqual([
      'operations 2026-01-12T09:00:00.000Z',
      'development 2026-01-12T09:15:00.000Z',
    ]);
  });

  test.each(['sev1', 'sev2'] as const)('is people, and no task, of a %s', (severity) => {
    expect(reckoned(open(severity)).tasks).toEqual([]);
  });

  test('is nothing where the manual says nothing', () => {
    for (const severity of ['sev1', 'sev2', 'sev3', 'sev4'] as const)
      expect(reckoned(open(severity), b).tasks).toEqual([]);
  });

  test('is asked once, however often it is reckoned, and again when a person makes it lighter', () => {
    const once = reckoned(reckoned(open('sev2')));
    const lighter = reckoned(withSeverity(once, 'sev3', 'ana', later(1)), a, later(1));
    const again = reckoned({ ...lighter, escalation: { ...lighter.escalation, version: 9 } });

    expect(once.tasks).toEqual([]);
    expect(lighter.tasks).toHaveLength(1);
    expect(again.tasks).toEqual(lighter.tasks);
  });

  test('is nothing of what is for one contact alone', () => {
    expect(reckoned(open('sev4', { to: 'development' })).tasks).toEqual([]);
  });

  test('is over with what was gone before anybody had it, and stays when somebody had', () => {
    const gone = (incident: Incident) =>
      elapsed(
        heard(
          incident,
          { ...report, severity: 'sev3', status: 'resolved', at: later(1) },
          later(1),
        ),
        later(2),
      );
    const known = answered(
      reckoned(open('sev3')),
      { what: 'acknowledge', by: 'dev-1' },
      later(0.5),
    );

    const unseen = gone(reckoned(open('sev3')));
    const seen = gone(known);

    expect(unseen).toMatchObject({
      state: 'resolved',
      tasks: [{ done: true, closed: { by: 'policy' } }],
    });
    expect(seen).toMatchObject({ state: 'resolved', tasks: [{ done: false }] });
    expect(dueReminders({ incident: unseen }, later(40))).toEqual([]);
    expect(dueReminders({ incident: seen }, '2026-01-15T08:00:00.000Z')).toMatchObject([
      { contact: 'development', subject: expect.stringContaining('is due on 2026-01-15') },
    ]);
  });
});
