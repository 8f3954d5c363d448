/**
 * The fingerprint of the incident to which a run belongs: the one that started it (`incident/<target>/<fingerprint>/...`), or
 * else that of its own runbook; of a part, that of the whole (`<runbook>/<target>/<stamp>/...`).
 */
export function incidentOfRun(run: string): string {
  const [runbook, , fingerprint] = run.split('/');
  return runbook === 'incident' ? fingerprint! : runbook!;
}

/** Whether the incident is one that a run of this runbook has opened: then a run that ends well resolves it. */
export function ownsIncident(run: string): boolean {
  return !run.startsWith('incident/') && run.split('/').length === 3;
}
