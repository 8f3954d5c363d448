import { nextBusinessDayEnds } from '../../config/calendar/business-hours.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Severity } from '../../config/schema/values/severity.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { AskedResponse } from '../../report/incident/incident-times.ts';

/** How soon the target's policy asks somebody to acknowledge an incident that was opened at `from` (ISO 8601). */
export function askedResponse(
  { severity: responses, calendar }: Target,
  severity: Severity,
  from: string,
): AskedResponse {
  const { respond } = responses[severity];
  if (respond === 'next-business-day')
    return { asked: 'on the next business day', by: nextBusinessDayEnds(calendar, from) };
  const by = new Date(Date.parse(from) + inMilliseconds(respond)).toISOString();
  return { asked: `within ${respond}`, by };
}
