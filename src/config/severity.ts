/** From sev1, the service is down, to sev4, cosmetic. */
export type Severity = 'sev1' | 'sev2' | 'sev3' | 'sev4';
