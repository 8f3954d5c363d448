/** From sev1, the service is down, to sev4, cosmetic. */
export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;
export type Severity = (typeof severities)[number];
