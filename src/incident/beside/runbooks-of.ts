import type { Incident } from '../incident.ts';

/** Those that were run for it; of what a run has reported, its own. */
export function runbooksOf({
  remediations,
  remediation,
  origin,
  fingerprint,
}: Pick<Incident, 'remediations' | 'remediation' | 'origin' | 'fingerprint'>): string[] {
  const run = remediations.map(({ runbook }) => runbook);
  const named = remediation === undefined ? run : [...run, remediation];
  return [...new Set(origin === 'run' ? [...named, fingerprint] : named)].slice(0, 10);
}
