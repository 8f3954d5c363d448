import { createHash } from 'node:crypto';
import { type AlertRule, matchesAll } from '../../config/schema/alerts.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Severity } from '../../config/schema/values/severity.ts';
import type { FigureAlert } from '../../figures/alert-of.ts';
import type { Figure } from '../../figures/figure.ts';
import type { FigureChange } from '../../figures/watch.ts';
import type { AlertReport } from '../../incident/alert-report.ts';

/** What is said to the incident of a change. `at`: ISO 8601, UTC. */
export function reportOf(
  target: Target,
  { status, alert, severity, figures }: FigureChange,
  at = new Date().toISOString(),
): AlertReport {
  const rule = ruleFor(target, alert);
  return {
    target: target.name,
    fingerprint: fingerprintOf(alert),
    status,
    severity,
    title: `${alert.title}: ${target.name}`,
    ...(figures.length > 0 && { details: figures.map(lineOf).join('\n').slice(0, 8000) }),
    source: 'figures',
    labels: labelsOf(target, alert),
    at,
    ...(rule?.runbook && { remediation: rule.runbook }),
    ...(rule?.hold && { hold: rule.hold }),
  };
}

/** As the first rule of the target says that matches. */
export function severityOf(target: Target, alert: FigureAlert): Severity {
  return ruleFor(target, alert)?.severity ?? alert.severity;
}

function ruleFor(target: Target, alert: FigureAlert): AlertRule | undefined {
  return target.alerts.find((one) => takes(one, target, alert));
}

/** As the gateway does with labels of others. */
function takes({ match }: AlertRule, target: Target, alert: FigureAlert): boolean {
  return matchesAll(match, labelsOf(target, alert));
}

/** By them a person silences it, too. */
function labelsOf({ name }: Target, { alertname }: FigureAlert): Readonly<Record<string, string>> {
  return { alertname, target: name, source: 'figures' };
}

/** `measured-application-down`, `measured-disk-full-srv-shop`: none that a run or another source of alerts has. */
function fingerprintOf({ alertname, part }: FigureAlert): string {
  const words = alertname.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  return ['measured', words, ...(part === undefined ? [] : wordsOf(part))].join('-');
}

/** Two places never have the same: where their words alone do not tell them apart, the end of a hash does. */
function wordsOf(part: string): string[] {
  const words = part.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const short = words.replaceAll(/^-|-$/g, '').slice(0, 50);
  const isPlain =
    part.length <= 50 && /^(?:(?:\/[a-z0-9]+)+|[a-z0-9]+(?:\.[a-z0-9]+)*)$/.test(part);
  const hash = createHash('sha256').update(part).digest('hex').slice(0, 6);
  return [...(short === '' ? [] : [short.replace(/-$/, '')]), ...(isPlain ? [] : [hash])];
}

function lineOf({ name, note, limit, action }: Figure): string {
  const more = [limit, action].filter((one) => one !== undefined);
  return `${name}: ${note}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}
