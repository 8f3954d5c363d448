import { condition, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import { STATE } from '../../config/border/excess.ts';
import { Moment, Label } from '../../config/border/texts.ts';
import { openBorder } from '../../engine/border/border.ts';
import { parse } from '../../engine/run/parse.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import { Answer, answerSignal, reviewQuery } from '../../incident/messages.ts';
import type { Page } from '../../incident/page.ts';
import { CarriedIncident } from './carried-incident.ts';

/** The review of one incident. Times are ISO 8601, UTC. */
const Review = z.object({
  incident: CarriedIncident,
  /** One of the target's contacts. */
  owner: Label,
  due: Moment,
  done: z.object({ by: z.string(), at: Moment, text: z.string() }).optional(),
});
export type Review = z.infer<typeof Review>;

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
  let review = parse(Review, begun, STATE);
  const border = openBorder();
  setHandler(reviewQuery, () => review, { description: 'What was said of the incident, and when' });
  border.onSignal(answerSignal, Answer, (answer) => {
    if (answer.what !== 'review')
      return border.refuse('answer', 'A review takes only its own answer');
    review = { ...review, done: { by: answer.by, text: answer.text, at: iso() } };
  });
  const { incident, owner, due } = review;
  const isDone = () => review.done !== undefined;
  const start = Date.now();

  await remind(0);
  if (await condition(isDone, (Date.parse(due) - start) / 2)) return review;
  await remind(1);
  if (await condition(isDone, Math.max(Date.parse(due) - Date.now(), 1))) return review;
  await report(overdue('firing'));
  await condition(isDone);
  await report(overdue('resolved'));
  return review;

  /** When it cannot be sent, what is overdue calls people all the same. */
  async function remind(count: number): Promise<void> {
    await send(reminder(count)).catch(() => {});
  }

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
