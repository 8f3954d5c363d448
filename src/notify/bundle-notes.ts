import { getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { RUNBOOKS_QUEUE } from '../config/queues.ts';
import { isBundle } from '../incident/beside/bundling.ts';
import type { Page } from '../incident/page.ts';
import type { Deliver } from './deliver.ts';

/** For an answer of the workflow, in ms: when it does not answer, a note goes out rather than be late. */
const TIMEOUT = 5000;

/**
 * Delivers, and lets no contact get more notes than people read: what is too much waits in the workflow `bundle`, and goes out as
 * one message. Only notes that are not urgent wait; who is asked to act is always notified at once. Runs in an activity.
 */
export function bundleNotes(deliver: Deliver, queue = RUNBOOKS_QUEUE, timeout = TIMEOUT): Deliver {
  return async (target, page) => {
    if (page.event === 'resolve') await forget(page);
    if (page.event !== 'note' || page.urgent || isBundle(page)) return deliver(target, page);
    const next = await nextOf(page);
    if (next > Date.now() && (await send(page, 'add', page))) {
      const detail = `It goes out with others at ${new Date(next).toISOString()}`;
      return [{ channel: 'bundle', delivered: true, detail }];
    }
    const deliveries = await deliver(target, page);
    if (deliveries.some(({ delivered }) => delivered)) await send(page, 'sent', Date.now());
    return deliveries;
  };

  /** False: Temporal does not take it. */
  function send(page: Page, signal: string, argument: unknown): Promise<boolean> {
    return inTime(({ workflow }) =>
      workflow.signalWithStart('bundle', {
        workflowId: idOf(page),
        taskQueue: queue,
        args: [],
        signal,
        signalArgs: [argument],
        staticSummary: `Notes to ${page.contact} (${page.target})`,
      }),
    ).then(
      () => true,
      () => false,
    );
  }

  /** What waits of it is old. Mostly nothing does. */
  function forget(page: Page): Promise<void> {
    return inTime(({ workflow }) =>
      workflow.getHandle(idOf(page)).signal('over', page.thread),
    ).catch(() => {});
  }

  /** 0: nothing keeps a note from going out. */
  function nextOf(page: Page): Promise<number> {
    return inTime(({ workflow }) => workflow.getHandle(idOf(page)).query<number>('next')).catch(
      () => 0,
    );
  }

  function inTime<Answer>(ask: (client: Client) => Promise<Answer>): Promise<Answer> {
    const client = getClient();
    return client.withDeadline(Date.now() + timeout, () => ask(client));
  }
}

function idOf({ target, contact }: Page): string {
  return `bundle/${target}/${contact}`;
}
