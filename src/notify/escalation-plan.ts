import { businessDayFrom } from '../config/calendar/business-hours.ts';
import { rings } from '../config/schema/channels.ts';
import { lengthFor } from '../config/schema/on-call/escalation-level.ts';
import type { Target } from '../config/schema/target.ts';
import type { Severity } from '../config/schema/values/severity.ts';
import { type Duration, inMilliseconds } from '../config/time/duration.ts';
import type { IncidentKind } from '../incident/alert-report.ts';
import type { EscalationStep, IncidentPolicy } from '../incident/incident.ts';
import { escalationSteps } from './escalation-steps.ts';

export interface EscalationQuestion {
  readonly target: string;
  readonly severity: Severity;
  readonly kind?: IncidentKind | undefined;
  /** The only contact whom it is for. */
  readonly to?: string | undefined;
  /** ISO 8601, UTC: the delays count from here, or from the next business hours. */
  readonly from: string;
}

export interface EscalationPlan {
  readonly policy: IncidentPolicy;
  readonly steps: readonly EscalationStep[];
}

/** Who is due when, by the target's policy. Reckoned by the worker: workflow code knows no time zones. */
export function escalationPlan(target: Target, question: EscalationQuestion): EscalationPlan {
  const { incidents, channels, contacts } = target;
  const { severity } = question;
  const { repeat, acknowledged, hold, review } = incidents;
  const action = incidents.actions[severity];
  const watched = action?.watch !== undefined && { to: action.to, every: action.watch };
  const updates = incidents.updates?.of.includes(severity) ? incidents.updates : watched;
  return {
    policy: {
      repeat: lengthFor(repeat, severity),
      acknowledged: lengthFor(acknowledged, severity),
      hold: inMilliseconds(hold),
      contacts: Object.keys(contacts),
      ...(Object.values(channels).some(rings) && { rings: true }),
      ...(updates && { updates: { to: updates.to, every: inMilliseconds(updates.every) } }),
      ...(review?.of.includes(severity) && {
        review: { to: review.to, within: inMilliseconds(review.within) },
      }),
      ...(action && { task: { what: action.task, to: action.to, due: dueOf(action.within) } }),
    },
    steps: escalationSteps(target, question),
  };

  function dueOf(within: Duration): string {
    const end = Date.parse(question.from) + inMilliseconds(within);
    return businessDayFrom(target.calendar, new Date(end).toISOString());
  }
}
