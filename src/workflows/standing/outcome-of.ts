import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { type Ending, reasonOf } from '../../engine/run/ending.ts';
import type { Envelope } from '../../engine/run/envelope.ts';

/** Runs a runbook for an incident to its end. It goes on when the incident is over. Never throws: why it failed is an answer, too. */
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
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
    return (await child.result()).outcome;
  } catch (error) {
    return reasonOf(error).message;
  }
}
