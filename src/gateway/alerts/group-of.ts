import type { AlertGroup } from '../../config/schema/alerts.ts';
import type { Alert } from './alert.ts';
import { groupFingerprintOf } from './fingerprint-of.ts';
import { takes } from './takes.ts';
import { cutBytes, oneLine } from './text.ts';

/** The incident that several alerts are. */
export interface Group {
  readonly fingerprint: string;
  readonly title: string;
  /** They have nothing in common but their time. */
  readonly mixed?: true;
}

const TITLE_BYTES = 250;

/**
 * Undefined: no rule takes it. What starts another runbook, or is for other people, is never one incident with it; nor is what has an
 * identity of its own, such as an event of PagerDuty, whose end names no label.
 */
export function groupOf(
  alert: Alert,
  rules: readonly AlertGroup[] = [],
  source: string,
  runbook = '',
): Group | undefined {
  const rule = alert.identity === undefined ? rules.find((one) => takes(one, alert)) : undefined;
  if (!rule) return undefined;
  const { labels } = alert;
  const values = rule.by.map((name) => labels[name] ?? '');
  const title = oneLine(values.filter(Boolean).join(', '));
  const common = [rule.by, values, labels['kind'] ?? '', runbook, rule.match];
  return {
    fingerprint: groupFingerprintOf(values[0] || 'group', common, source),
    title: cutBytes(title, TITLE_BYTES) || 'Alerts',
  };
}
