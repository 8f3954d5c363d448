import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { type Ending, reasonOf } from '../../engine/run/ending.ts';
import type { Envelope } from '../../engine/run/envelope.ts';
import { reviewId } from '../../incident/alert-report.ts';
import { type FollowUp, isSettled } from '../../incident/beside/follow-up.ts';
import type { Incident } from '../../incident/incident.ts';
import { after } from '../../incident/moments.ts';
import type { afterIncident, Rest } from './after-incident.ts';
import type { incidentReview } from './incident-review.ts';

/** What an incident begins beside itself goes on when it has ended. */
const parentClosePolicy = ParentClosePolicy.ABANDON;

/** When the policy asks for one, or somebody has a task yet. */
export async function startReview(now: Incident): Promise<void> {
  const { policy, resolvedAt = iso(), count } = now;
  const { to: owner, within } = policy?.review ?? {};
  const review: FollowUp = {
    incident: now,
    ...(owner !== undefined && count > 0 && { owner, due: after(resolvedAt, within!) }),
  };
  if (isSettled(review)) return;
  await startChild<typeof incidentReview>('incident-review', {
    workflowId: reviewId(now.id, workflowInfo().firstExecutionRunId),
    args: [review],
    staticSummary: `Review of ${now.fingerprint} (${now.target})`,
    parentClosePolicy,
  });
}

/** What is left to say. `part`: it may be more than once. */
export async function startRest(rest: Pick<Rest, 'said' | 'pages'>, part: number): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  await startChild<typeof afterIncident>('after-incident', {
    workflowId: `after/${workflowId}/${runId}/${part}`,
    args: [{ incident: workflowId, run: runId, ...rest }],
    staticSummary: `What is left of ${workflowId}`.slice(0, 200),
    parentClosePolicy,
  });
}

/** Runs a runbook for an incident to its end. Never throws: why it failed is an answer, too. */
export async function outcomeOf(
  runbook: string,
  workflowId: string,
  envelope: Partial<Envelope>,
): Promise<string> {
  try {
    const child = await startChild<(envelope: Partial<Envelope>) => Promise<Ending>>(runbook, {
      workflowId,
      args: [envelope],
      staticSummary: `${runbook} of ${envelope.target}`,
      staticDetails: `Started by ${envelope.because}`,
      parentClosePolicy,
    });
    return (await child.result()).outcome;
  } catch (error) {
    return reasonOf(error).message;
  }
}

export function iso(): string {
  return new Date(Date.now()).toISOString();
}
