import type { AlertReport } from '../../src/incident/alert-report.ts';
import { answered } from '../../src/incident/answered.ts';
import { openEpisode } from '../../src/incident/episode.ts';
import { dueSteps, paged } from '../../src/incident/escalation.ts';
import { planned } from '../../src/incident/planned.ts';
import type { EscalationStep, Incident, IncidentPolicy } from '../../src/incident/incident.ts';
import { Answer } from '../../src/incident/messages.ts';

export const MINUTE = 60_000;
export const at = (minutes: number) =>
  new Date(Date.parse('2026-01-05T02:00:00Z') + minutes * MINUTE).toISOString();
export const policy: IncidentPolicy = {
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
export const report: AlertReport = {
  target: 'shop',
  fingerprint: 'down',
  status: 'firing',
  severity: 'sev1',
  title: 'It is down',
  source: 'test',
  at: at(0),
};

/** Three levels, reckoned from when the escalation begins. */
export function reckoned(incident: Incident): Incident {
  const from = (Date.parse(incident.escalation.from) - Date.parse(at(0))) / MINUTE;
  const steps = [
    step('1', 'operations', from),
    step('2', 'development', from + 15),
    step('3', 'management', from + 60),
  ];
  return planned(incident, incident.escalation.version, policy, steps, at(from));
}

export const opened = () => callDue(reckoned(openEpisode(report, at(0))), 0);
export const say = (incident: Incident, minutes: number, answer: Partial<Answer>) =>
  answered(incident, Answer.parse({ by: 'ana', ...answer }), at(minutes));
export const dueAt = (incident: Incident, minutes: number) =>
  dueSteps(incident, at(minutes)).map(({ contact }) => contact);

/** Who is due is called, and every channel takes it. */
export function callDue(incident: Incident, minutes: number): Incident {
  const sent = { deliveries: [{ channel: 'pager', delivered: true, rings: true, detail: '' }] };
  return dueSteps(incident, at(minutes)).reduce(
    (now, one) => paged(now, one, sent, at(minutes)),
    incident,
  );
}
