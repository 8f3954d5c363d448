import { severities } from '../config/schema/values/severity.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import { type AlertReport, incidentId } from './alert-report.ts';
import type {
  EscalationPolicy,
  EscalationStep,
  Incident,
  IncidentPolicy,
  TimelineEntry,
} from './incident.ts';
import { withEntry } from './timeline.ts';

/** So often in one episode, and a fault that comes and goes must stay away for longer each time. */
const FLAPPING_FROM = 3;
const MAX_HOLD = inMilliseconds('1h');

/** The first report opens it. `now`: ISO 8601, UTC, here and below. */
export function heard(incident: Incident | undefined, report: AlertReport, now: string): Incident {
  // Times are compared as text.
  const said = { ...report, at: new Date(report.at).toISOString() };
  return incident ? reported(incident, said, now) : openEpisode(said, now);
}

export function openEpisode(report: AlertReport, now: string): Incident {
  const {
    target,
    fingerprint,
    severity,
    kind,
    title,
    details,
    links = [],
    source,
    hold,
    origin = 'alert',
  } = report;
  const incident: Incident = {
    id: incidentId(target, fingerprint),
    target,
    fingerprint,
    state: 'triggered',
    severity,
    ...(kind && { kind }),
    title,
    ...(details !== undefined && { details }),
    ...(hold !== undefined && { hold }),
    links,
    source,
    origin,
    openedAt: now,
    count: 0,
    lastSeenAt: report.at,
    flaps: 0,
    escalation: { from: now, round: 1, steps: [], version: 1, reckoned: 0 },
    notified: [],
    roles: {},
    tasks: [],
    remediations: [],
    timeline: [],
    findable: false,
    messages: 0,
  };
  return reported(incident, report, now);
}

/** Reports come twice and in any order: an older one never undoes what a newer one said. */
export function reported(incident: Incident, report: AlertReport, now: string): Incident {
  const { status, severity, source, at, title, details, hold } = report;
  if (incident.state === 'resolved') return incident;
  if (status === 'resolved') {
    // The fault was seen again after this was said.
    if (incident.count > 0 && at < incident.lastSeenAt) return incident;
    if (incident.count === 0) return resolved(incident, source, 'It had not been reported', now);
    if (incident.clearedAt !== undefined)
      return { ...incident, clearedAt: later(at, incident.clearedAt) };
    const resolvesAt = after(now, holdOf(hold === undefined ? incident : { ...incident, hold }));
    return {
      ...note(incident, 'cleared', source, 'It is gone', now),
      clearedAt: at,
      resolvesAt,
    };
  }
  const { clearedAt, resolvesAt: _ended, ...open } = incident;
  // It was said before the fault went away.
  if (clearedAt !== undefined && at <= clearedAt) return incident;
  let next: Incident = {
    ...open,
    count: incident.count + 1,
    lastSeenAt: later(at, incident.lastSeenAt),
    ...(details !== undefined && { details }),
    ...(report.remediation !== undefined && { remediation: report.remediation }),
  };
  if (incident.count === 0) next = note(next, 'triggered', source, title, now);
  else if (clearedAt !== undefined) {
    next = { ...note(next, 'triggered', source, 'It is back', now), flaps: incident.flaps + 1 };
    if (next.flaps === FLAPPING_FROM)
      next = note(next, 'flapping', source, 'It comes and goes: it must stay away longer', now);
  }
  // An alert makes an incident graver by itself; only a person makes it lighter.
  return worse(severity, incident.severity) ? graver(next, severity, source, now) : next;
}

export function resolved(incident: Incident, by: string, text: string, now: string): Incident {
  return { ...note(incident, 'resolved', by, text, now), state: 'resolved', resolvedAt: now };
}

export function graver(
  incident: Incident,
  severity: Incident['severity'],
  by: string,
  now: string,
  reason?: string,
): Incident {
  const text = `${incident.severity} becomes ${severity}${reason ? `: ${reason}` : ''}`;
  return planAgain({ ...note(incident, 'severity', by, text, now), severity }, {});
}

/** Nobody holds it any more: people are notified from the beginning. */
export function nextRound(incident: Incident, now: string): Incident {
  return planAgain(incident, { from: now, round: incident.escalation.round + 1, steps: [] });
}

export function note(
  incident: Incident,
  what: TimelineEntry['what'],
  by: string,
  text: string,
  at: string,
  more: Pick<TimelineEntry, 'deliveries'> = {},
): Incident {
  return { ...incident, timeline: withEntry(incident.timeline, { at, what, by, text, ...more }) };
}

/** The worker has reckoned who is due when. Whom this round has notified already is not notified again. */
export function planned(
  incident: Incident,
  version: number,
  policy: IncidentPolicy,
  steps: readonly EscalationStep[],
): Incident {
  const { escalation, updateAt } = incident;
  if (version !== escalation.version) return incident;
  const notified = new Set(
    escalation.steps.filter((step) => step.notified).map(({ level }) => level),
  );
  const { updates } = policy;
  return {
    ...incident,
    policy,
    ...(updates && { updateAt: updateAt ?? after(incident.openedAt, updates.every) }),
    escalation: {
      ...escalation,
      reckoned: version,
      steps: steps.map((step) => ({ ...step, notified: notified.has(step.level) })),
    },
  };
}

export function after(time: string, milliseconds: number): string {
  return new Date(Date.parse(time) + milliseconds).toISOString();
}

function planAgain(incident: Incident, change: Partial<EscalationPolicy>): Incident {
  const { escalation } = incident;
  return { ...incident, escalation: { ...escalation, ...change, version: escalation.version + 1 } };
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}

function holdOf({ hold, policy, flaps }: Incident): number {
  const usual = hold === undefined ? (policy?.hold ?? 0) : inMilliseconds(hold);
  const factor = flaps >= FLAPPING_FROM ? 2 ** (flaps - FLAPPING_FROM + 1) : 1;
  return Math.min(usual * factor, Math.max(usual, MAX_HOLD));
}

function worse(one: Incident['severity'], other: Incident['severity']): boolean {
  return severities.indexOf(one) < severities.indexOf(other);
}
