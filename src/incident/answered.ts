import type { Who } from '../config/border/who.ts';
import { whoText } from '../config/text/who-text.ts';
import { announced } from './announcements.ts';
import { called, escalated, reassigned, released } from './calls.ts';
import { acknowledgedFor, nextRound, resolved, withSeverity } from './episode.ts';
import { refusalOf } from './guards.ts';
import { findingParts, type Incident, type TimelineEntry } from './incident.ts';
import type { Answer } from './messages.ts';
import { after, earlier, isoOf } from './moments.ts';
import { note } from './timeline.ts';

/**
 * It is known now who said what was taken in at that time, and all that tells of it says so. `said`: when Temporal received it, from
 * which on all is measured.
 */
export function identified(
  incident: Incident,
  { by, at }: { readonly by: string; readonly at: string },
  who: Who,
  said = at,
): Incident {
  const isTheirs = (entry: { readonly by: string; readonly at: string }) =>
    entry.by === by && entry.at === at;
  const named = <Entry extends { readonly by: string; readonly at: string }>(entry: Entry): Entry =>
    isTheirs(entry) ? { ...entry, by: whoText(who), at: earlier(said, at) } : entry;
  const { acknowledged, firstAcknowledgedAt, timeline, tasks, findings } = incident;
  const isFirst = firstAcknowledgedAt === at && timeline.some(isTheirs);
  return {
    ...incident,
    timeline: timeline.map(named),
    ...(acknowledged && { acknowledged: named(acknowledged) }),
    tasks: tasks.map((task) => (task.closed ? { ...task, closed: named(task.closed) } : task)),
    ...(findings && {
      findings: Object.fromEntries(
        Object.entries(findings).map(([part, one]) => [part, named(one)]),
      ),
    }),
    ...(isFirst && { firstAcknowledgedAt: earlier(said, at) }),
  };
}

/** What a person did. Whoever does anything is at work: an acknowledgement is held from then on anew. What comes twice counts once. */
export function answered(incident: Incident, answer: Answer, now: string): Incident {
  const { what, by, id } = answer;
  const isOf = (entry: TimelineEntry) => id !== undefined && entry.answer === id;
  if (incident.timeline.some(isOf)) return incident;
  const refusal = refusalOf(incident, answer, now);
  if (refusal !== undefined) {
    const text = `Not taken (${what}): ${refusal}`;
    return marked(note(incident, 'note', by, text, now), answer, now, { refused: true });
  }
  const next = marked(changed(incident, answer, now), answer, now);
  const { acknowledged } = next;
  if (!acknowledged || acknowledged.snoozed || what === 'acknowledge' || next.state === 'resolved')
    return next;
  return { ...next, acknowledged: { ...acknowledged, until: after(now, acknowledgedFor(next)) } };
}

/** What tells of it bears its id: so whoever sent it finds what came of it. */
function marked(
  incident: Incident,
  { by, id }: Answer,
  now: string,
  more: Pick<TimelineEntry, 'refused'> = {},
): Incident {
  if (id === undefined) return incident;
  const timeline = incident.timeline.map((entry) =>
    entry.at === now && entry.by === by && entry.answer === undefined
      ? { ...entry, answer: id, ...more }
      : entry,
  );
  return { ...incident, timeline };
}

function changed(incident: Incident, answer: Answer, now: string): Incident {
  const { by } = answer;
  switch (answer.what) {
    case 'acknowledge': {
      const text = answer.via ? `By ${answer.via}` : 'By hand';
      const next = note(incident, 'acknowledged', by, text, now);
      return held(next, { by, at: now, until: after(now, acknowledgedFor(incident)) }, now);
    }
    case 'snooze': {
      const { reason } = answer;
      const until = isoOf(answer.until);
      const next = note(incident, 'snoozed', by, withReason(`Until ${until}`, reason), now);
      return held(next, { by, at: now, until, snoozed: true }, now);
    }
    case 'unacknowledge': {
      const text = withReason('Nobody has it any more', answer.reason);
      return nextRound(released(note(incident, 'expired', by, text, now)), now);
    }
    case 'escalate':
      return escalated(incident, answer, now);
    case 'reassign':
      return reassigned(incident, answer, now);
    case 'respond': {
      const text = withReason(`${answer.to} is called, too`, answer.reason);
      return called(note(incident, 'called', by, text, now), answer.to, by, now);
    }
    case 'note':
    case 'review':
      return note(incident, 'note', by, answer.text, now);
    case 'assign':
      return {
        ...note(incident, 'assigned', by, `${answer.role}: ${answer.to}`, now),
        roles: { ...incident.roles, [answer.role]: answer.to },
      };
    case 'severity':
      return withSeverity(incident, answer.severity, by, now, answer.reason);
    case 'resolve':
      return resolved(incident, by, answer.reason ?? 'By hand', now);
    case 'task': {
      const { title, owner, due } = answer;
      const number = incident.tasks.length + 1;
      const text = `Task ${number}: ${title} (${owner}${due ? `, until ${due}` : ''})`;
      return {
        ...note(incident, 'task', by, text, now),
        tasks: [...incident.tasks, { number, title, owner, ...(due && { due }), done: false }],
      };
    }
    case 'task-done':
      return {
        ...note(incident, 'task', by, `Task ${answer.task} is done`, now),
        tasks: incident.tasks.map((task) =>
          task.number === answer.task ? { ...task, done: true, closed: { by, at: now } } : task,
        ),
      };
    case 'find':
      return found(incident, answer, now);
  }
}

/** Each part is what was said of it last; the timeline keeps the others. */
function found(
  incident: Incident,
  { by, ...said }: Extract<Answer, { what: 'find' }>,
  now: string,
): Incident {
  let next = incident;
  for (const part of findingParts) {
    const text = part === 'began' ? said.began && isoOf(said.began) : said[part];
    if (text === undefined) continue;
    const findings = { ...next.findings, [part]: { text, by, at: now } };
    next = { ...note(next, 'found', by, `${FOUND[part]}: ${text}`, now), findings };
  }
  return next;
}

const FOUND = {
  impact: 'Impact',
  began: 'It began',
  cause: 'Root cause',
  helped: 'What helped',
} as const;

/** Somebody has it. Whoever takes over what is held already need not be announced. */
function held(
  incident: Incident,
  acknowledged: NonNullable<Incident['acknowledged']>,
  now: string,
): Incident {
  const { raised: _known, ...rest } = incident;
  const next: Incident = { ...rest, state: 'acknowledged', acknowledged };
  return incident.state === 'triggered' ? announced(next, next.notified, 'acknowledge', now) : next;
}

function withReason(text: string, reason: string | undefined): string {
  return reason ? `${text}: ${reason}` : text;
}
