import { countText } from '../config/text/count-text.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import { type AlertReport, incidentId } from './alert-report.ts';
import type { EscalationPolicy, Incident } from './incident.ts';
import { announced } from './announcements.ts';
import { after, earlier, isoOf, later } from './moments.ts';
import { inCommon } from './members/in-common.ts';
import { isWorse as worse } from './members/members.ts';
import { membersReported } from './members-reported.ts';
import { note } from './timeline.ts';
import { isFiring, isOldNews, sourceOf, sourcesOf, withSaid } from './sources.ts';

/** So often in one episode, and a fault that comes and goes must stay away for longer each time. */
const FLAPPING_FROM = 3;
const MAX_HOLD = inMilliseconds('1h');
/** As long as nobody knows the target's own figure. */
const ACKNOWLEDGED = inMilliseconds('30m');
/** Ours to answer for, and worth a line. */
const MUCH_TOO_LATE = inMilliseconds('1m');

/** The first report opens it: `since` is when Temporal received that. `now`: ISO 8601, UTC, here and below. */
export function heard(
  incident: Incident | undefined,
  report: AlertReport,
  now: string,
  since = now,
): Incident {
  // Times are compared as text.
  const { members } = report;
  const said = { ...dated(report), ...(members && { members: members.map(dated) }) };
  if (!incident) return openEpisode(said, now, earlier(isoOf(report.received ?? since), since));
  if (!report.reopens) return reported(incident, said, now);
  const text = 'Not taken (reopen): it is open';
  return note(incident, 'note', report.source, text, now);
}

function dated<Said extends { readonly at: string }>(said: Said): Said {
  return { ...said, at: isoOf(said.at) };
}

/** `since`: all that is measured counts from when the report was received, not from when a worker took it in. */
export function openEpisode(report: AlertReport, now: string, since = now): Incident {
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
    to,
    origin = 'alert',
    reopens,
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
    ...(to !== undefined && { to }),
    ...(reopens && { former: reopens.run }),
    links,
    ...(report.labels && { labels: report.labels }),
    source,
    origin,
    startsAt: report.at,
    openedAt: since,
    count: 0,
    lastSeenAt: report.at,
    flaps: 0,
    escalation: { from: since, round: 1, steps: [], version: 1, reckoned: 0 },
    notified: [],
    roles: {},
    tasks: [],
    remediations: [],
    timeline: [],
    findable: false,
    messages: 0,
  };
  const late = Date.parse(now) - Date.parse(since);
  const text = `Nobody was told for ${countText(Math.round(late / 60_000), 'minute')}: no worker was there to take it in`;
  const opened = reported(incident, report, now);
  const taken = reopens
    ? note(opened, 'reopened', source, `The episode ${reopens.run}: ${reopens.reason}`, now)
    : opened;
  return late >= MUCH_TOO_LATE && report.status === 'firing'
    ? note(taken, 'note', 'runbook', text, now)
    : taken;
}

/** What reports say, each by its own source: it is over when all that have reported it say so, or a person does. */
export function reported(incident: Incident, report: AlertReport, now: string): Incident {
  const { status, severity, source, at, title, details, hold } = report;
  if (incident.state === 'resolved' || isOldNews(incident, report)) return incident;
  if (report.members)
    return membersReported(incident, report, now, { reported, withSeverity, nextRound });
  const before = sourcesOf(incident)[sourceOf(incident, report)];
  const sources = withSaid(incident, report);
  if (status === 'resolved') {
    if (incident.count === 0) return resolved(incident, source, 'It had not been reported', now);
    const heardOf = { ...incident, sources };
    if (isFiring(sources) || incident.clearedAt !== undefined) return heardOf;
    const resolvesAt = after(now, holdOf(hold === undefined ? incident : { ...incident, hold }));
    return { ...note(heardOf, 'cleared', source, 'It is gone', now), clearedAt: at, resolvesAt };
  }
  const { clearedAt, resolvesAt: _ended, question, ...open } = incident;
  // What a run asked before it came to something else is over.
  const asked = report.origin === 'run' ? report.question : question;
  let next: Incident = {
    ...open,
    sources,
    count: incident.count + 1,
    lastSeenAt: later(at, incident.lastSeenAt),
    ...(incident.labels && { labels: inCommon(incident.labels, report.labels) }),
    ...(details !== undefined && { details }),
    ...(report.remediation !== undefined && { remediation: report.remediation }),
    ...(asked && { question: asked }),
  };
  if (incident.count === 0) next = note(next, 'triggered', source, title, now);
  else if (clearedAt !== undefined) {
    next = { ...note(next, 'triggered', source, 'It is back', now), flaps: incident.flaps + 1 };
    if (next.flaps === FLAPPING_FROM)
      next = note(next, 'flapping', source, 'It comes and goes: it must stay away longer', now);
  }
  // An alert makes an incident graver by itself, once; only a person makes it lighter, and no repeat undoes that.
  const isNews = !before?.firing || worse(severity, before.severity);
  return isNews && worse(severity, incident.severity)
    ? withSeverity(next, severity, source, now)
    : next;
}

/** Whoever was called for it hears of the end, and who is told how it stands. */
export function resolved(incident: Incident, by: string, text: string, now: string): Incident {
  if (incident.state === 'resolved') return incident;
  const next = note(incident, 'resolved', by, text, now);
  const { to } = incident.policy?.updates ?? {};
  const all = new Set([
    ...incident.notified,
    ...(to !== undefined && incident.count > 0 ? [to] : []),
  ]);
  return announced({ ...next, state: 'resolved', resolvedAt: now }, [...all], 'resolve', now);
}

/**
 * Graver: what was answered when it was lighter counts no more, and people are called at once, as the new severity has it. Lighter:
 * that calls nobody.
 */
export function withSeverity(
  incident: Incident,
  severity: Incident['severity'],
  by: string,
  now: string,
  reason?: string,
): Incident {
  const from = incident.severity;
  const text = `${from} becomes ${severity}${reason ? `: ${reason}` : ''}`;
  const next = { ...note(incident, 'severity', by, text, now), severity };
  if (!worse(severity, from)) return planAgain(next, { lowered: now });
  const { acknowledged: _ended, ...rest } = next;
  const { round, steps } = incident.escalation;
  return planAgain(
    { ...rest, state: 'triggered', raised: { from, at: now } },
    {
      from: now,
      round: round + 1,
      // Whoever was told of less hears of more at once; nobody waits longer than before.
      steps: steps.map((step) => ({ ...step, notified: false, at: step.notified ? now : step.at })),
    },
  );
}

/** Nobody holds it any more: people are notified from the beginning. */
export function nextRound(incident: Incident, now: string): Incident {
  const { round, steps } = incident.escalation;
  const asked = steps.filter((step) => step.asked !== undefined && !step.notified);
  return planAgain(incident, { from: now, round: round + 1, steps: asked });
}

/** How long somebody who acknowledges may be silent, in ms. */
export function acknowledgedFor({ policy }: Pick<Incident, 'policy'>): number {
  return policy?.acknowledged ?? ACKNOWLEDGED;
}

function planAgain(incident: Incident, change: Partial<EscalationPolicy>): Incident {
  const { escalation } = incident;
  return { ...incident, escalation: { ...escalation, ...change, version: escalation.version + 1 } };
}

function holdOf({ hold, policy, flaps }: Incident): number {
  const usual = hold === undefined ? (policy?.hold ?? 0) : inMilliseconds(hold);
  const factor = flaps >= FLAPPING_FROM ? 2 ** (flaps - FLAPPING_FROM + 1) : 1;
  return Math.min(usual * factor, Math.max(usual, MAX_HOLD));
}
