/** From sev1, the service is down, to sev4, cosmetic. */
export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;
export type Severity = (typeof severities)[number];

/** Somebody must see to it now, whatever they do. */
export function isGrave(severity: Severity): boolean {
  return severity === 'sev1' || severity === 'sev2';
}
