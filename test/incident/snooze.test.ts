import { describe, expect, test } from 'vitest';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import { answered } from '../../src/incident/answered.ts';
import { openEpisode } from '../../src/incident/episode.ts';
import { dueSteps, elapsed, paged } from '../../src/incident/escalation.ts';
import { planned } from '../../src/incident/planned.ts';
import type { EscalationStep, Incident, IncidentPolicy } from '../../src/incident/incident.ts';
import { Answer } from '../../src/incident/messages.ts';

const MINUTE = 60_000;
const at = (minutes: number) =>
  new Date(Date.parse('2026-01-05T02:00:00Z') + minutes * MINUTE).toISOString();
const policy: IncidentPolicy = {
  repeat: 30 * MINUTE,
  acknowledged: 60 * MINUTE,
  hold: 0,
  contacts: ['operations', 'development', 'management', 'security'],
};
const step = (level: string, contact: string, minutes: number): EscalationStep => ({
  level,
  contact,
  at: at(minutes),
  notified: false,
  tries: 0,
});
const report: AlertReport = {
  target: 'shop',
  fingerprint: 'down',
  status: 'firing',
  severity: 'sev1',
  title: 'It is down',
  source: 'test',
  at: at(0),
};

/** Three levels, reckoned from when the escalation begins. */
function reckoned(incident: Incident): Incident {
  const from = (Date.parse(incident.escalation.from) - Date.parse(at(0))) / MINUTE;
  const steps = [
    step('1', 'operations', from),
    step('2', 'development', from + 15),
    step('3', 'management', from + 60),
  ];
  return planned(incident, incident.escalation.version, policy, steps, at(from));
}

const opened = () => callDue(reckoned(openEpisode(report, at(0))), 0);
const say = (incident: Incident, minutes: number, answer: Partial<Answer>) =>
  answered(incident, Answer.parse({ by: 'ana', ...answer }), at(minutes));
const dueAt = (incident: Incident, minutes: number) =>
  dueSteps(incident, at(minutes)).map(({ contact }) => contact);

/** Who is due is called, and every channel takes it. */
function callDue(incident: Incident, minutes: number): Incident {
  const sent = { deliveries: [{ channel: 'pager', delivered: true, rings: true, detail: '' }] };
  return dueSteps(incident, at(minutes)).reduce(
    (now, one) => paged(now, one, sent, at(minutes)),
    incident,
  );
}

describe('snooze', () => {
  test('calls nobody until it ends, whoever is heard of, and then level 1', () => {
    const put = say(opened(), 5, { what: 'snooze', until: at(50) });
    const noted = say(put, 40, { what: 'note', text: '...' });

    expect(noted).toMatchObject({ state: 'acknowledged', acknowledged: { until: at(50) } });
    expect(elapsed(noted, at(49)).state).toBe('acknowledged');
    const over = elapsed(noted, at(50));
    expect(over.timeline.at(-1)).toMatchObject({ text: 'ana had snoozed it until now' });
    expect(dueAt(reckoned(over), 50)).toEqual(['operations']);
  });

  test('lasts as long as an acknowledgement of a sev1, and longer of what is lighter', () => {
    const long = { what: 'snooze', until: at(66) } as const;
    const lighter = say(opened(), 5, { what: 'severity', severity: 'sev3' });

    const refused = say(opened(), 5, long);
    expect(refused.state).toBe('triggered');
    expect(refused.timeline.at(-1)?.text).toBe(
      `Not taken (snooze): a sev1 waits 1 hour at most, until ${at(65)}`,
    );
    expect(say(lighter, 5, long).state).toBe('acknowledged');
    expect(say(opened(), 5, { what: 'snooze', until: at(4) }).state).toBe('triggered');
    expect(say(opened(), 5, { what: 'snooze', until: '2026-01-05T02:50:00Z' })).toMatchObject({
      acknowledged: { until: at(50) },
    });
  });

  test('ends when it becomes graver', () => {
    const lighter = say(opened(), 5, { what: 'severity', severity: 'sev3' });
    const put = say(lighter, 5, { what: 'snooze', until: at(120) });

    expect(say(put, 10, { what: 'severity', severity: 'sev1' }).state).toBe('triggered');
  });
});
