import { severities } from '../../config/schema/values/severity.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import { inCommon } from '../../incident/members/in-common.ts';
import type { Group } from '../alerts/group-of.ts';
import type { RoutedReport } from '../alerts/route-alert.ts';

/** What some alerts of a group, at least one, say to the incident that they are. Its details are those of the gravest that fires. */
export function groupReport(
  { fingerprint, title, mixed }: Group,
  some: readonly RoutedReport[],
): AlertReport {
  const [worst] = some.toSorted((one, other) => rank(one) - rank(other));
  const { formerly: _name, group: _group, isEcho: _echo, ...report } = worst!;
  const members = some.map((one) => ({
    fingerprint: one.fingerprint,
    status: one.status,
    severity: one.severity,
    title: one.title,
    at: one.at,
  }));
  const labels = commonLabels(some);
  return { ...report, fingerprint, title, members, labels, ...(mixed && { mixed }) };
}

/** In which all that fire agree: whoever silences some of them silences no other. */
function commonLabels(some: readonly RoutedReport[]): Readonly<Record<string, string>> {
  const firing = some.filter(({ status }) => status === 'firing');
  const all = (firing.length > 0 ? firing : some).map(({ labels = {} }) => labels);
  return all.reduce((common, labels) => inCommon(common, labels));
}

function rank({ status, severity }: RoutedReport): number {
  return severities.indexOf(severity) + (status === 'firing' ? 0 : severities.length);
}
