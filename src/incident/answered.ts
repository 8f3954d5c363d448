import type { Who } from '../config/border/who.ts';
import { whoText } from '../config/text/who-text.ts';
import { announced } from './announcements.ts';
import { acknowledgedFor, resolved, withSeverity } from './episode.ts';
import { refusalOf } from './guards.ts';
import type { Incident } from './incident.ts';
import type { Answer } from './messages.ts';
import { after, earlier } from './moments.ts';
import { note } from './timeline.ts';

/** More than people keep in mind. */
const MOST_TASKS = 200;
const MOST_ROLES = 50;

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
  const { acknowledged, timeline } = incident;
  return {
    ...incident,
    timeline: timeline.map(named),
    ...(acknowledged && { acknowledged: named(acknowledged) }),
  };
}

/** What a person did. Whoever does anything is at work: an acknowledgement is held from then on anew. */
export function answered(incident: Incident, answer: Answer, now: string): Incident {
  const refusal = refusalOf(incident, answer);
  if (refusal !== undefined)
    return note(incident, 'note', answer.by, `Not taken (${answer.what}): ${refusal}`, now);
  const next = changed(incident, answer, now);
  const { acknowledged } = next;
  if (!acknowledged || answer.what === 'acknowledge' || next.state === 'resolved') return next;
  return { ...next, acknowledged: { ...acknowledged, until: after(now, acknowledgedFor(next)) } };
}

function changed(incident: Incident, answer: Answer, now: string): Incident {
  const { by } = answer;
  switch (answer.what) {
    case 'acknowledge': {
      const text = answer.via ? `By ${answer.via}` : 'By hand';
      const { raised: _known, ...rest } = note(incident, 'acknowledged', by, text, now);
      const next: Incident = {
        ...rest,
        state: 'acknowledged',
        acknowledged: { by, at: now, until: after(now, acknowledgedFor(incident)) },
      };
      // Whoever takes over what is held already need not be announced.
      return incident.state === 'triggered'
        ? announced(next, next.notified, 'acknowledge', now)
        : next;
    }
    case 'note':
    case 'review':
      return note(incident, 'note', by, answer.text, now);
    case 'assign':
      if (
        Object.keys(incident.roles).length >= MOST_ROLES &&
        !Object.hasOwn(incident.roles, answer.role)
      )
        return note(
          incident,
          'note',
          by,
          `Not taken, there are ${MOST_ROLES} roles: ${answer.role}`,
          now,
        );
      return {
        ...note(incident, 'assigned', by, `${answer.role}: ${answer.to}`, now),
        roles: { ...incident.roles, [answer.role]: answer.to },
      };
    case 'severity':
      if (answer.severity === incident.severity) return incident;
      return withSeverity(incident, answer.severity, by, now, answer.reason);
    case 'resolve':
      return resolved(incident, by, answer.reason ?? 'By hand', now);
    case 'task': {
      const { title, owner, due } = answer;
      if (incident.tasks.length >= MOST_TASKS)
        return note(
          incident,
          'note',
          by,
          `Not taken, there are ${MOST_TASKS} tasks: ${title}`,
          now,
        );
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
          task.number === answer.task ? { ...task, done: true } : task,
        ),
      };
  }
}
