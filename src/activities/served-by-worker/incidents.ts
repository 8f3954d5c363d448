import { setTimeout as sleep } from 'node:timers/promises';
import { getClient } from '@temporalio/activity';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import type { NextEpisode } from '../../incident/messages.ts';
import { received } from './received.ts';

/** Between two looks whether it has ended, in ms. */
const INTERVAL = 100;

/** Incidents, as workflows open them: a workflow itself cannot signal what may not be there yet. */
export function incidentActivities(queue = RUNBOOKS_QUEUE) {
  return {
    /** Answers the incident's id. */
    'incidents.report': (report: AlertReport): Promise<string> =>
      reportAlert(getClient(), report, queue),

    /** What was said when an incident was over already begins its next episode. */
    async 'incidents.begin-next'(next: NextEpisode): Promise<void> {
      const { incident, run } = next;
      const client = getClient();
      const ended = client.workflow.getHandle(incident, run);
      while ((await ended.describe()).status.name === 'RUNNING') await sleep(INTERVAL);
      for (const one of await received(client, next))
        if ('answer' in one) await signalIfOpen(client, incident, 'answer', one.answer);
        else if (one.report.status === 'firing') await reportAlert(client, one.report, queue);
        else await signalIfOpen(client, incident, 'report', one.report);
    },
  };
}

export type IncidentActivities = ReturnType<typeof incidentActivities>;
