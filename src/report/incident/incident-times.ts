import type { Incident } from '../../incident/incident.ts';

/** What the target's policy asks of people. */
export interface AskedResponse {
  /** As text, such as `within 15m`. */
  readonly asked: string;
  /** ISO 8601, UTC. */
  readonly by: string;
}

/** How quick people were, of one incident. Milliseconds since it was opened; missing: it has not come to that. */
export interface IncidentTimes {
  readonly toAcknowledge?: number;
  readonly toResolve?: number;
  /** Missing: nobody here knows the target's policy. */
  readonly response?: AskedResponse & {
    /** Missing: there is still time. */
    readonly met?: boolean;
    /** Milliseconds that were, or are, to spare; below 0: too late by so much. */
    readonly spare: number;
  };
}

type Measured = Pick<Incident, 'openedAt' | 'resolvedAt' | 'timeline' | 'firstAcknowledgedAt'>;

/** `now`: ISO 8601, UTC. What nobody acknowledged before it was over needed nobody, if it was over in time. */
export function incidentTimes(
  { openedAt, resolvedAt, timeline, firstAcknowledgedAt }: Measured,
  asked: AskedResponse | undefined,
  now: string,
): IncidentTimes {
  const acknowledgedAt =
    firstAcknowledgedAt ?? timeline.find(({ what }) => what === 'acknowledged')?.at;
  const endedAt = acknowledgedAt ?? resolvedAt;
  return {
    ...(acknowledgedAt !== undefined && { toAcknowledge: between(openedAt, acknowledgedAt) }),
    ...(resolvedAt !== undefined && { toResolve: between(openedAt, resolvedAt) }),
    ...(asked && { response: responseOf() }),
  };

  function responseOf() {
    const spare = between(endedAt ?? now, asked!.by);
    const known = endedAt !== undefined || spare < 0;
    return { ...asked!, ...(known && { met: spare >= 0 }), spare };
  }
}

function between(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
