import { incidentId, MOST_MEMBERS_OF_ONE } from '../../incident/alert-report.ts';
import type { RoutedReport } from '../alerts/route-alert.ts';

/** The reports of one call to Temporal: one alone, or some of one group. */
export type Bundle = readonly [RoutedReport, ...RoutedReport[]];

/** The order in which they are told: what fires first. */
export function bundlesOf(reports: readonly RoutedReport[]): Bundle[] {
  const byIncident = Map.groupBy(reports, ({ target, fingerprint, group }) =>
    incidentId(target, group?.fingerprint ?? fingerprint),
  );
  return [...byIncident.values()].flatMap((some) =>
    some[0]!.group ? partsOf(some.toSorted(firingFirst)) : some.map((one): Bundle => [one]),
  );
}

function partsOf(some: readonly RoutedReport[]): Bundle[] {
  const count = Math.ceil(some.length / MOST_MEMBERS_OF_ONE);
  return Array.from({ length: count }, (_, part) => {
    const from = part * MOST_MEMBERS_OF_ONE;
    return some.slice(from, from + MOST_MEMBERS_OF_ONE) as readonly RoutedReport[] as Bundle;
  });
}

function firingFirst({ status: one }: RoutedReport, { status: other }: RoutedReport): number {
  return one.localeCompare(other);
}
