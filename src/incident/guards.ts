import { countText } from '../config/text/count-text.ts';
import type { Severity } from '../config/schema/values/severity.ts';
import { acknowledgedFor } from './episode.ts';
import { findingParts, type Incident } from './incident.ts';
import type { Answer } from './messages.ts';
import { after } from './moments.ts';

type State = Incident['state'];
/** What else people ask for is no answer to an open incident, and has its states, too. */
type Asked = Answer | { readonly what: 'reopen' };

const yes = undefined;
const over = 'it is resolved already';
const open = 'it is open: nothing has ended that could begin again';

/**
 * What a person may do with an incident in each state: nothing, or why it is not taken. What is resolved stays so: who has something
 * to add adds it, and a fault that is there again is the next episode.
 */
const refusals: Readonly<Record<Asked['what'], Readonly<Record<State, string | undefined>>>> = {
  acknowledge: { triggered: yes, acknowledged: yes, resolved: over },
  unacknowledge: { triggered: 'nobody has acknowledged it', acknowledged: yes, resolved: over },
  escalate: { triggered: yes, acknowledged: yes, resolved: over },
  reassign: { triggered: yes, acknowledged: yes, resolved: over },
  respond: { triggered: yes, acknowledged: yes, resolved: over },
  snooze: { triggered: yes, acknowledged: yes, resolved: over },
  reopen: { triggered: open, acknowledged: open, resolved: yes },
  resolve: { triggered: yes, acknowledged: yes, resolved: over },
  severity: { triggered: yes, acknowledged: yes, resolved: over },
  note: { triggered: yes, acknowledged: yes, resolved: yes },
  assign: { triggered: yes, acknowledged: yes, resolved: yes },
  task: { triggered: yes, acknowledged: yes, resolved: yes },
  'task-done': { triggered: yes, acknowledged: yes, resolved: yes },
  review: { triggered: yes, acknowledged: yes, resolved: yes },
  find: { triggered: yes, acknowledged: yes, resolved: yes },
};

/** Of the length of an acknowledgement. What may wait until tomorrow may be put off longer. */
const snoozes: Readonly<Record<Severity, number>> = { sev1: 1, sev2: 2, sev3: 7, sev4: 10 };
/** More than people keep in mind. */
const MOST_TASKS = 200;
const MOST_ROLES = 50;
/** Levels, and people who were asked for. */
const MOST_CALLED = 200;

/** Why it is not taken, as the end of a sentence. Undefined: it may be done. `now`: ISO 8601, UTC. */
export function refusalOf(incident: Incident, asked: Asked, now: string): string | undefined {
  return refusals[asked.what][incident.state] ?? fault(incident, asked, now);
}

/** How long somebody may put it off, in ms. Until what its present severity asks is reckoned, no longer than what nobody knows the policy of. */
export function longestSnooze(
  incident: Pick<Incident, 'policy' | 'severity' | 'escalation'>,
): number {
  const { severity, escalation } = incident;
  const isKnown = escalation.reckoned === escalation.version;
  const most = isKnown
    ? acknowledgedFor(incident)
    : Math.min(acknowledgedFor(incident), acknowledgedFor({}));
  return most * snoozes[severity];
}

function fault(incident: Incident, asked: Asked, now: string): string | undefined {
  const { severity, tasks, roles } = incident;
  switch (asked.what) {
    case 'escalate':
    case 'reassign':
    case 'respond':
      return asked.to === undefined ? undefined : strangerIn(incident, asked.to);
    case 'snooze': {
      const most = longestSnooze(incident);
      const length = Date.parse(asked.until) - Date.parse(now);
      if (length <= 0) return `${asked.until} is over`;
      if (length <= most) return undefined;
      return `a ${severity} waits ${lengthText(most)} at most, until ${after(now, most)}`;
    }
    case 'severity':
      return asked.severity === severity ? `it is ${severity} already` : undefined;
    case 'task':
      return tasks.length < MOST_TASKS ? undefined : `there are ${MOST_TASKS} tasks`;
    case 'task-done':
      if (tasks.some(({ number }) => number === asked.task)) return undefined;
      return `there is no task ${asked.task}: ${tasks.length === 0 ? 'it has none' : `it has 1 to ${tasks.length}`}`;
    case 'assign': {
      const isKnown = Object.hasOwn(roles, asked.role) || Object.keys(roles).length < MOST_ROLES;
      return isKnown ? undefined : `there are ${MOST_ROLES} roles`;
    }
    case 'find':
      if (findingParts.every((part) => asked[part] === undefined)) return 'it says nothing';
      if (asked.began === undefined || Date.parse(asked.began) <= Date.parse(now)) return undefined;
      return `${asked.began} is yet to come`;
    case 'acknowledge':
    case 'unacknowledge':
    case 'reopen':
    case 'resolve':
    case 'note':
    case 'review':
      return undefined;
  }
}

function lengthText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes % 60 === 0 ? countText(minutes / 60, 'hour') : countText(minutes, 'minute');
}

/** Until a worker has reckoned by the target's file, nobody knows whom it names: then they are tried. */
function strangerIn({ policy, target, escalation }: Incident, to: string): string | undefined {
  const { contacts } = policy ?? {};
  if (escalation.steps.length >= MOST_CALLED) return `${MOST_CALLED} are called already`;
  if (!contacts || contacts.includes(to)) return undefined;
  return `"${to}" is no contact of ${target}: there are ${contacts.join(', ')}`;
}
