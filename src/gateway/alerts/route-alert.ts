import type { Target } from '../../config/schema/target.ts';
import {
  type AlertReport,
  IncidentKind,
  MOST_LABELS,
  MOST_LETTERS_OF_LABEL,
} from '../../incident/alert-report.ts';
import type { Alert } from './alert.ts';
import { type Group, groupOf } from './group-of.ts';
import { takes } from './takes.ts';
import { fingerprintOf, formerFingerprintOf } from './fingerprint-of.ts';
import { severityOf } from './severity-of.ts';
import { cutBytes, isWebLink, oneLine, plain } from './text.ts';

/** Of a target, what the gateway goes by. */
export type Routed = Pick<Target, 'name' | 'alerts'> &
  Partial<Pick<Target, 'pings' | 'state' | 'channels' | 'contacts' | 'directory'>> & {
    readonly incidents?: Partial<Pick<Target['incidents'], 'group' | 'storm'>>;
  };

/** What is reported to an incident, and how that was called up to version 0.1. */
export type RoutedReport = AlertReport & {
  readonly formerly?: string;
  /** It is one of several that are one incident. */
  readonly group?: Group;
  /** It is told elsewhere, too, and counted there. */
  readonly isEcho?: true;
};

/** Bytes, because Temporal's summary of a run takes 400. */
const TITLE_BYTES = 300;
const DETAILS_LETTERS = 8000;
const MAX_LINKS = 5;

/**
 * The incidents that an alert opens or changes: of the target that its label `target` names; else of each target one of whose
 * rules names a label of it; else of those that take everything. Empty: nobody takes it.
 */
export function routeAlert(
  alert: Alert,
  targets: readonly Routed[],
  source: string,
): RoutedReport[] {
  const named = targets.filter(({ name }) => name === alert.labels['target']);
  const taking = targets.filter(({ alerts }) =>
    alerts.some((rule) => Object.keys(rule.match).length > 0 && takes(rule, alert)),
  );
  const rest = targets.filter(({ alerts }) => alerts.some((rule) => takes(rule, alert)));
  const chosen = [named, taking, rest].find((some) => some.length > 0) ?? [];
  return chosen.map((target) => reportOf(alert, target, source));
}

function reportOf(alert: Alert, target: Routed, source: string): RoutedReport {
  const { labels, annotations, status, at } = alert;
  const rule = target.alerts.find((rule) => takes(rule, alert));
  const group = groupOf(alert, target.incidents?.group, source, rule?.runbook);
  const kind = IncidentKind.safeParse(labels['kind']).data;
  const links = [annotations['runbook_url'], annotations['dashboard_url'], ...alert.links];
  const web = [...new Set(links.filter(isWebLink))].slice(0, MAX_LINKS);
  const title = annotations['summary'] || annotations['title'] || labels['alertname'] || '';
  return {
    target: target.name,
    fingerprint: fingerprintOf(alert, source),
    formerly: formerFingerprintOf(alert),
    status,
    severity: rule?.severity ?? severityOf(labels['severity']) ?? 'sev3',
    ...(kind && { kind }),
    title: cutBytes(oneLine(title), TITLE_BYTES) || 'Alert without a name',
    details: detailsOf(alert),
    labels: labelsOf(labels),
    source,
    at,
    ...(rule?.runbook && { remediation: rule.runbook }),
    ...(rule?.hold && { hold: rule.hold }),
    ...(web.length > 0 && { links: web }),
    ...(group && { group }),
  };
}

/** Those that an incident keeps. */
function labelsOf(labels: Alert['labels']): Record<string, string> {
  const short = Object.entries(labels).filter(
    ([name, value]) => Math.max(name.length, value.length) <= MOST_LETTERS_OF_LABEL,
  );
  return Object.fromEntries(short.slice(0, MOST_LABELS));
}

/** What the sender wrote, and its labels. */
function detailsOf({ labels, annotations }: Alert): string {
  const lines = Object.entries(labels).map(
    ([name, value]) => `${oneLine(name)}: ${oneLine(value)}`,
  );
  const text = annotations['description'] ?? annotations['message'];
  return plain([...(text ? [text, ''] : []), ...lines].join('\n')).slice(0, DETAILS_LETTERS);
}
