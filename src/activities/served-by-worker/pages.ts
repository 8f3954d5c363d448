import { setTimeout as sleep } from 'node:timers/promises';
import { getClient, heartbeat, log } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../../config/schema/target.ts';
import { upTo } from '../../config/border/texts.ts';
import { Hold, MOST_HOLDS } from '../../incident/beside/hold.ts';
import type { Page, Sent } from '../../incident/page.ts';
import type { Deliver } from '../../notify/deliver.ts';
import {
  type EscalationPlan,
  escalationPlan,
  type EscalationQuestion,
} from '../../notify/escalation-plan.ts';
import { suppressionId } from '../alerts/alert-activities.ts';
import { silenced } from './silenced.ts';

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
      const heartbeats = setInterval(heartbeat, 1000);
      try {
        const heldUntil = page.holdable ? await heldUntilOf(page) : undefined;
        if (heldUntil !== undefined) return { deliveries: [], heldUntil };
        const silence = page.holdable ? await silenced(page) : undefined;
        if (silence) return { deliveries: [], heldUntil: silence.until, heldFor: silence.why };
        const deliveries = await deliver(target, page);
        // Also where nobody looks at the incident itself.
        if (page.event === 'trigger' && !deliveries.some(({ delivered }) => delivered))
          log.error(`Nobody was told: ${page.subject}`, { contact: page.contact });
        return { deliveries };
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
/** For one answer, in ms. */
const TIMEOUT = 5000;
const TRIES = 3;

/**
 * When nobody knows whether alerts are held back, they are not: whatever the workflow that holds them answers, or does not, people
 * are notified.
 */
async function heldUntilOf({ target, incident }: Page): Promise<string | undefined> {
  const times = (await holdsOf(target)).map((hold) => Date.parse(hold.until));
  if (times.length === 0) return undefined;
  // Whoever waits for it asks again, in case nobody tells him that it was lifted.
  const until = new Date(Math.min(Math.max(...times), Date.now() + ASK_AGAIN)).toISOString();
  if (incident === undefined) return until;
  const client = getClient();
  try {
    await client.withDeadline(Date.now() + TIMEOUT, () =>
      client.workflow
        .getHandle(suppressionId(target))
        .signal('wait', { incident: incident.id, until }),
    );
    return until;
  } catch (error) {
    // It was lifted just now.
    return error instanceof WorkflowNotFoundError ? undefined : until;
  }
}

async function holdsOf(target: string): Promise<readonly Hold[]> {
  const client = getClient();
  const handle = client.workflow.getHandle(suppressionId(target));
  // A query that comes just when something happens fails, and is answered the next time.
  for (let tries = 1; ; tries += 1) {
    try {
      return await client.withDeadline(Date.now() + TIMEOUT, async () => {
        const { status } = await handle.describe();
        if (status.name !== 'RUNNING') return [];
        return upTo(MOST_HOLDS, Hold).parse(await handle.query('holds'));
      });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || tries === TRIES) return [];
      await sleep(500);
    }
  }
}
