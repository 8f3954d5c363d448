import { businessHoursFrom } from '../config/calendar/business-hours.ts';
import { rings } from '../config/schema/channels.ts';
import { lengthFor } from '../config/schema/people.ts';
import type { Target } from '../config/schema/target.ts';
import type { Severity } from '../config/schema/values/severity.ts';
import { inMilliseconds } from '../config/time/duration.ts';
import type { IncidentKind } from '../incident/alert-report.ts';
import type { EscalationStep, IncidentPolicy } from '../incident/incident.ts';

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
export function escalationPlan(
  { escalation, severity: responses, calendar, incidents, channels, contacts }: Target,
  { severity, kind, to: only, from }: EscalationQuestion,
): EscalationPlan {
  const { repeat, acknowledged, hold, updates, review } = incidents;
  // Then nobody is told outside of people's hours, at whatever level.
  const inHours = (time: string) =>
    responses[severity].respond === 'next-business-day' ? businessHoursFrom(calendar, time) : time;
  const start = inHours(from);
  const isKnown = only !== undefined && Object.hasOwn(contacts, only);
  const levels = isKnown
    ? [{ level: 'owner', to: only, after: '0s' as const, when: undefined }]
    : escalation;
  const steps = levels
    .filter(({ when }) => when === undefined || when === severity || when === kind)
    .map(({ level, to, after }) => {
      const delay = lengthFor(after, severity);
      const at = inHours(new Date(Date.parse(start) + delay).toISOString());
      return { level: String(level), contact: to, at, notified: false, tries: 0 };
    });
  return {
    policy: {
      repeat: lengthFor(repeat, severity),
      acknowledged: lengthFor(acknowledged, severity),
      hold: inMilliseconds(hold),
      urgent: severity === 'sev1' || severity === 'sev2',
      ...(Object.values(channels).some(rings) && { rings: true }),
      ...(updates?.of.includes(severity) && {
        updates: { to: updates.to, every: inMilliseconds(updates.every) },
      }),
      ...(review?.of.includes(severity) && {
        review: { to: review.to, within: inMilliseconds(review.within) },
      }),
    },
    steps: steps.toSorted((a, b) => a.at.localeCompare(b.at)),
  };
}
