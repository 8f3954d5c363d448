import { businessHoursFrom, outOfHoursFrom } from '../config/calendar/business-hours.ts';
import {
  contactsOf,
  type EscalationLevel,
  isFor,
  lengthFor,
} from '../config/schema/on-call/escalation-level.ts';
import type { Target } from '../config/schema/target.ts';
import type { EscalationStep } from '../incident/incident.ts';
import type { EscalationQuestion } from './escalation-plan.ts';

interface Due {
  readonly level: EscalationLevel;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Its hours have not begun when its delay is over. */
  readonly waits: boolean;
}

/** Each contact of each level that is due before the policy begins anew, in the order of time. */
export function escalationSteps(
  target: Target,
  { severity, kind, to: only, from }: EscalationQuestion,
): EscalationStep[] {
  const { escalation, severity: responses, calendar, incidents } = target;
  // Then nobody is told outside of people's hours, at whatever level.
  const byDay = responses[severity].respond === 'next-business-day';
  const inHours = (time: string) => (byDay ? businessHoursFrom(calendar, time) : time);
  const start = inHours(from);
  const isKnown = only !== undefined && Object.hasOwn(target.contacts, only);
  const levels: readonly EscalationLevel[] = isKnown
    ? [{ level: 'owner', to: only, after: '0s' }]
    : escalation;
  const due = levels
    .filter((level) => isFor(level, severity, kind))
    .filter(({ during }) => !(byDay && during === 'out-of-hours'))
    .map((level): Due => {
      const delay = lengthFor(level.after, severity);
      const time = inHours(new Date(Date.parse(start) + delay).toISOString());
      const at = beginOf(level, calendar, time);
      return { level, at, waits: Date.parse(at) > Date.parse(time) };
    });
  return inTime(due, lengthFor(incidents.repeat, severity))
    .toSorted((one, other) => one.at.localeCompare(other.at))
    .flatMap(({ level, at }) =>
      contactsOf(level).map((contact) => ({ level: String(level.level), contact, at })),
    )
    .filter(isFirst)
    .map((step) => ({ ...step, notified: false, tries: 0 }));
}

function beginOf({ during }: EscalationLevel, calendar: Target['calendar'], time: string): string {
  if (during === 'business-hours') return businessHoursFrom(calendar, time);
  return during === 'out-of-hours' ? outOfHoursFrom(calendar, time) : time;
}

/**
 * Without those whose hours begin only after the policy would begin anew: who is there now is asked again meanwhile, and does not wait
 * for the morning.
 */
function inTime(due: readonly Due[], repeat: number): readonly Due[] {
  const now = due.filter(({ waits }) => !waits).map(({ at }) => Date.parse(at));
  if (now.length === 0) return due;
  const ends = Math.max(...now) + repeat;
  return due.filter(({ at, waits }) => !waits || Date.parse(at) <= ends);
}

type Named = Pick<EscalationStep, 'level' | 'contact'>;

/** Two lines of one level may be for the same incident, each by a condition of its own: one page is enough. */
function isFirst(step: Named, index: number, all: readonly Named[]): boolean {
  const isSame = ({ level, contact }: Named) => level === step.level && contact === step.contact;
  return all.findIndex(isSame) === index;
}
