import { getClient, heartbeat } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../../config/schema/target.ts';
import type { Hold } from '../../incident/hold.ts';
import type { Page, Sent } from '../../incident/page.ts';
import type { Deliver } from '../../notify/deliver.ts';
import {
  type EscalationPlan,
  escalationPlan,
  type EscalationQuestion,
} from '../../notify/escalation-plan.ts';
import { suppressionId } from '../alerts/alert-activities.ts';

/** Who is notified about incidents, and how. Any worker does it that has the target's YAML: the target's host may be gone. */
export function pageActivities(
  targets: () => readonly Target[],
  deliver: Deliver,
  { searchAttributes }: { readonly searchAttributes: boolean },
) {
  return {
    /** `findable`: whether the namespace has our search attributes. */
    async 'pages.plan'(
      question: EscalationQuestion,
    ): Promise<EscalationPlan & { findable: boolean }> {
      return { ...escalationPlan(known(question.target), question), findable: searchAttributes };
    },

    /** One try by every channel that is meant for it. */
    async 'pages.send'(page: Page): Promise<Sent> {
      const target = known(page.target);
      const heldUntil = page.holdable ? await heldUntilOf(page.target) : undefined;
      if (heldUntil !== undefined) return { deliveries: [], heldUntil };
      const heartbeats = setInterval(heartbeat, 1000);
      try {
        return { deliveries: await deliver(target, page) };
      } finally {
        clearInterval(heartbeats);
      }
    },
  };

  function known(name: string): Target {
    const target = targets().find((one) => one.name === name);
    if (target) return target;
    throw ApplicationFailure.retryable(
      `This worker has no targets/${name}.yaml: start one that has it`,
      'TargetUnknown',
    );
  }
}

export type PageActivities = ReturnType<typeof pageActivities>;

/** Longer than maintenance windows are, as a rule. */
const ASK_AGAIN = 6 * 3_600_000;

/** When nobody knows whether alerts are held back, they are not. */
async function heldUntilOf(target: string): Promise<string | undefined> {
  const handle = getClient().workflow.getHandle(suppressionId(target));
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return undefined;
    const holds = await handle.query<readonly Hold[]>('holds');
    const until = holds
      .map((hold) => hold.until)
      .toSorted()
      .at(-1);
    if (until === undefined) return undefined;
    // It may be lifted long before: who waits for it asks again.
    const soon = new Date(Date.now() + ASK_AGAIN).toISOString();
    return until < soon ? until : soon;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
