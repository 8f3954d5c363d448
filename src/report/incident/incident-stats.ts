import type { Incident } from '../../incident/incident.ts';
import { incidentTimes } from './incident-times.ts';

/** How quick people were with some incidents. Milliseconds; missing: none of them has come to that. */
export interface StatsRow {
  /** Such as `sev1`, or what was wrong. */
  readonly of: string;
  readonly count: number;
  readonly acknowledged: number;
  /** Means, as people call them MTTA and MTTR, and the middle ones, which one bad night does not move. */
  readonly meanToAcknowledge?: number;
  readonly medianToAcknowledge?: number;
  readonly resolved: number;
  readonly meanToResolve?: number;
  readonly medianToResolve?: number;
}

export interface IncidentStats {
  readonly all: StatsRow;
  readonly bySeverity: readonly StatsRow[];
  /** The most frequent first. */
  readonly byCause: readonly StatsRow[];
}

type Measured = Pick<
  Incident,
  | 'severity'
  | 'title'
  | 'labels'
  | 'openedAt'
  | 'resolvedAt'
  | 'timeline'
  | 'firstAcknowledgedAt'
  | 'count'
>;

/** Of incidents that were reported as firing: what was resolved before anybody knew of it counts nowhere. */
export function incidentStats(incidents: readonly Incident[]): IncidentStats {
  const counted = incidents.filter(({ count }) => count > 0);
  return {
    all: rowOf('all', counted),
    bySeverity: rowsBy(counted, ({ severity }) => severity).toSorted((one, other) =>
      one.of.localeCompare(other.of),
    ),
    byCause: rowsBy(counted, causeOf).toSorted((one, other) => other.count - one.count),
  };
}

/** What was wrong, by its alert's name; else as it was reported. */
function causeOf({ labels, title }: Pick<Incident, 'labels' | 'title'>): string {
  return labels?.['alertname'] ?? title;
}

function rowsBy(incidents: readonly Measured[], key: (incident: Measured) => string): StatsRow[] {
  return [...Map.groupBy(incidents, key)].map(([of, some]) => rowOf(of, some));
}

function rowOf(of: string, some: readonly Measured[]): StatsRow {
  const times = some.map((one) => incidentTimes(one, undefined, one.openedAt));
  const toAcknowledge = times.flatMap(({ toAcknowledge: time }) => time ?? []);
  const toResolve = times.flatMap(({ toResolve: time }) => time ?? []);
  return {
    of,
    count: some.length,
    acknowledged: toAcknowledge.length,
    ...(toAcknowledge.length > 0 && {
      meanToAcknowledge: meanOf(toAcknowledge),
      medianToAcknowledge: medianOf(toAcknowledge),
    }),
    resolved: toResolve.length,
    ...(toResolve.length > 0 && {
      meanToResolve: meanOf(toResolve),
      medianToResolve: medianOf(toResolve),
    }),
  };
}

function meanOf(some: readonly number[]): number {
  return some.reduce((sum, one) => sum + one, 0) / some.length;
}

function medianOf(some: readonly number[]): number {
  const sorted = some.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
