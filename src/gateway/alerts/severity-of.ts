import type { Severity } from '../../config/schema/values/severity.ts';

/**
 * The labels that rules of Prometheus and PagerDuty use. Critical, high, medium and low are the classes of the manuals; a
 * warning is theirs for what is handled in working hours.
 */
const severities = new Map<string, Severity>([
  ['sev1', 'sev1'],
  ['critical', 'sev1'],
  ['emergency', 'sev1'],
  ['page', 'sev1'],
  ['sev2', 'sev2'],
  ['error', 'sev2'],
  ['high', 'sev2'],
  ['sev3', 'sev3'],
  ['warning', 'sev3'],
  ['medium', 'sev3'],
  ['sev4', 'sev4'],
  ['low', 'sev4'],
  ['info', 'sev4'],
  ['none', 'sev4'],
]);

/** Undefined: it is none of the labels we know. */
export function severityOf(label: string | undefined): Severity | undefined {
  return severities.get((label ?? '').toLowerCase());
}
