import type { Incident } from '../incident.ts';
import { note } from '../timeline.ts';

/** A runbook was started for it. */
export function remediationBegun(
  incident: Incident,
  runbook: string,
  run: string,
  at: string,
): Incident {
  return {
    ...note(incident, 'remediation', 'routing', `${runbook} begins: ${run}`, at),
    remediations: [...incident.remediations, { runbook, run }],
  };
}

export function remediationEnded(
  incident: Incident,
  { runbook, run, outcome }: Required<Incident['remediations'][number]>,
  at: string,
): Incident {
  return {
    ...note(incident, 'remediation', runbook, `${runbook}: ${outcome}`, at),
    remediations: incident.remediations.map((one) => (one.run === run ? { ...one, outcome } : one)),
  };
}
