import { groupFingerprintOf } from './fingerprint-of.ts';
import type { Group } from './group-of.ts';
import type { Routed, RoutedReport } from './route-alert.ts';

/**
 * Many alerts of one target in one notification are one incident: nobody reads 30 pages. What a group takes, or a runbook is started
 * for, stays what it is. What was one of a storm stays one when it is said again, such as by an Alertmanager that has started anew and groups
 * otherwise. What is over may have been one of a storm or stood alone, which nobody here remembers for ever: both are told. `isKnown`: it was
 * said before, just so.
 */
export function gatherStorm(
  reports: readonly RoutedReport[],
  targets: readonly Routed[],
  isKnown: (report: RoutedReport) => boolean = () => false,
): readonly RoutedReport[] {
  const limits = new Map(targets.map(({ name, incidents }) => [name, incidents?.storm ?? 'off']));
  const loose = reports.filter(
    ({ target, group, remediation }) =>
      limits.get(target) !== 'off' && !group && remediation === undefined,
  );
  const byStorm = Map.groupBy(loose, (report) => `${report.target} ${report.kind}`);
  const storms = [...byStorm.values()].filter(
    (some) => some.length > Number(limits.get(some[0]!.target)),
  );
  const firing = loose.filter(({ status }) => status === 'firing');
  const again = firing.filter((one) => isKnown({ ...one, group: stormOf(one) }));
  const news = storms.flat().filter(({ status }) => status === 'firing');
  const stormy = new Set([...news, ...again]);
  const over = loose.filter(({ status }) => status === 'resolved');
  return [
    ...reports.map((one) => (stormy.has(one) ? { ...one, group: stormOf(one) } : one)),
    ...over.map((one) => ({ ...one, group: stormOf(one), isEcho: true as const })),
  ];
}

function stormOf({ source, kind }: RoutedReport): Group {
  return {
    fingerprint: groupFingerprintOf('alert-storm', ['storm', kind ?? ''], source),
    title: kind === undefined ? 'Many alerts at once' : `Many alerts at once (${kind})`,
    mixed: true,
  };
}
