import { severities } from '../../config/schema/values/severity.ts';
import type { RoutedReport } from './route-alert.ts';

/**
 * One report an incident. Alerts that differ only in how bad they are share one: while any of them fires it is not resolved, and
 * the worst that fires says how bad it is.
 */
export function combine(reports: readonly RoutedReport[]): RoutedReport[] {
  const combined = new Map<string, RoutedReport>();
  for (const report of reports) {
    const key = `${report.target}/${report.fingerprint}`;
    const other = combined.get(key);
    if (!other || rank(report) < rank(other)) combined.set(key, report);
  }
  return [...combined.values()];
}

/** What counts most is lowest. */
function rank({ status, severity }: RoutedReport): number {
  return severities.indexOf(severity) + (status === 'firing' ? 0 : severities.length);
}
