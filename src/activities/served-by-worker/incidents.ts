import { getClient } from '@temporalio/activity';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { AlertReport } from '../../incident/alert-report.ts';

/** Incidents, as workflows open them: a workflow itself cannot signal what may not be there yet. */
export function incidentActivities(queue = RUNBOOKS_QUEUE) {
  return {
    /** Answers the incident's id. */
    'incidents.report': (report: AlertReport): Promise<string> =>
      reportAlert(getClient(), report, queue),
  };
}

export type IncidentActivities = ReturnType<typeof incidentActivities>;
