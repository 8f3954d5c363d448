import { condition, log, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import type { Incident } from '../../incident/incident.ts';
import { Answer, answerSignal, reviewQuery } from '../../incident/messages.ts';
import type { Page } from '../../incident/page.ts';

/** The review of one incident. Times are ISO 8601, UTC. */
export interface Review {
  readonly incident: Incident;
  /** One of the target's contacts. */
  readonly owner: string;
  readonly due: string;
  readonly done?: { readonly by: string; readonly at: string; readonly text: string };
}

const { 'pages.send': send } = proxyActivities<PageActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '5s',
  retry: { maximumAttempts: 3 },
});
const { 'incidents.report': report } = proxyActivities<IncidentActivities>({
  startToCloseTimeout: '1m',
});

/**
 * Waits for the review of an incident: reminds its owner at once and at half time, and when it is due opens an incident, which
 * goes on notifying people until somebody has done it.
 */
export async function incidentReview(begun: Review): Promise<Review> {
  let review = begun;
  setHandler(reviewQuery, () => review, { description: 'What was said of the incident, and when' });
  setHandler(answerSignal, (message) => {
    const answer = Answer.safeParse(message);
    if (!answer.success || answer.data.what !== 'review')
      return log.warn('A review takes only its own answer', { message });
    const { by, text } = answer.data;
    review = { ...review, done: { by, text, at: iso() } };
  });
  const { incident, owner, due } = begun;
  const isDone = () => review.done !== undefined;
  const start = Date.now();

  await send(reminder(0));
  if (await condition(isDone, (Date.parse(due) - start) / 2)) return review;
  await send(reminder(1));
  if (await condition(isDone, Math.max(Date.parse(due) - Date.now(), 1))) return review;
  await report(overdue('firing'));
  await condition(isDone);
  await report(overdue('resolved'));
  return review;

  function reminder(count: number): Page {
    const { id, target, severity, title } = incident;
    const { workflowId } = workflowInfo();
    return {
      key: `${workflowId}/${count}`,
      target,
      contact: owner,
      severity,
      urgent: false,
      thread: workflowId,
      event: 'note',
      subject: `Review until ${due}: ${title}`,
      body: [
        `**${title}** is resolved. Please review it until ${due}: what happened, why, and what will be done about it.`,
        '',
        `- What is known: \`runbook incidents show ${id}\``,
        `- To hand it in: \`runbook incidents review ${id} "..." --by YOU\``,
      ].join('\n'),
      at: iso(),
      holdable: false,
    };
  }

  function overdue(status: AlertReport['status']): AlertReport {
    const { target, fingerprint, title } = incident;
    return {
      target,
      fingerprint: `review-${fingerprint}`.slice(0, 100),
      status,
      severity: 'sev3',
      origin: 'run',
      title: `The review of "${title}" is overdue`.slice(0, 300),
      details: `It was due at ${due}, from ${owner}`,
      source: workflowInfo().workflowId,
      at: iso(),
      hold: '0s',
    };
  }
}

function iso(): string {
  return new Date(Date.now()).toISOString();
}
