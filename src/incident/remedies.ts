import { note } from './episode.ts';
import type { Incident } from './incident.ts';

/** A runbook was started for it. */
export function remedyBegun(
  incident: Incident,
  runbook: string,
  run: string,
  at: string,
): Incident {
  return {
    ...note(incident, 'remedy', 'routing', `${runbook} begins: ${run}`, at),
    remedies: [...incident.remedies, { runbook, run }],
  };
}

export function remedyEnded(
  incident: Incident,
  { runbook, run, outcome }: Required<Incident['remedies'][number]>,
  at: string,
): Incident {
  return {
    ...note(incident, 'remedy', runbook, `${runbook}: ${outcome}`, at),
    remedies: incident.remedies.map((one) => (one.run === run ? { ...one, outcome } : one)),
  };
}
