import { getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { Sent } from '../incident/beside/bundling.ts';
import type { Page } from '../incident/page.ts';

/** One person, or one shared address, by one channel. */
interface Name {
  readonly target: string;
  readonly owner: string;
  readonly channel: string;
}

type Kind = 'notes' | 'pages';

interface Lane {
  /** What is known to have been sent of late. */
  sent(): Sent;
  /** Counts what is about to be sent. */
  take(kind: Kind, at: number): { undo(): void };
  /** Lets the workflow know that it was. */
  tell(kind: Kind, at: number, rings: boolean): Promise<boolean>;
  /** Lets it wait. False: Temporal does not take it. */
  add(page: Page): Promise<boolean>;
  /** What waits of this thread waits no more. */
  forget(thread: string): Promise<void>;
}

/** So long another worker's messages may be unknown here, in ms. */
const READ_AGAIN = 30_000;

interface Known extends Sent {
  /** In ms of the process: the clock of the host may go back. */
  readAt: number;
  reading?: Promise<void> | undefined;
}

/**
 * What was sent to whom by which channel, as the workflows `bundle` remember it. This worker's own messages count at once: a
 * hundred that come together do not all find that none was sent yet.
 */
export function openLanes(queue: string, timeout: number) {
  const all = new Map<string, Known>();
  return { open };

  async function open(name: Name, ask = true): Promise<Lane> {
    const { target, owner, channel } = name;
    const workflowId = `bundle/${target}/${owner}/${channel}`;
    const known = all.get(workflowId) ?? {
      notes: [],
      pages: [],
      rings: false,
      waiting: 0,
      readAt: -Infinity,
    };
    all.set(workflowId, known);
    if (ask && performance.now() - known.readAt > READ_AGAIN) {
      known.reading ??= read(workflowId, known).finally(() => (known.reading = undefined));
      await known.reading;
    }
    const signal = (signalName: string, argument: unknown) =>
      inTime(({ workflow }) =>
        workflow.signalWithStart('bundle', {
          workflowId,
          taskQueue: queue,
          args: [],
          signal: signalName,
          signalArgs: [argument],
          staticSummary: `Messages to ${owner} by ${channel} (${target})`.slice(0, 200),
        }),
      ).then(
        () => true,
        () => false,
      );

    return {
      sent: () => known,
      take(kind, at) {
        known[kind] = [...known[kind], at].slice(-100);
        return { undo: () => (known[kind] = known[kind].filter((one) => one !== at)) };
      },
      tell: (kind, at, rings) =>
        kind === 'notes' ? signal('sent', at) : signal('paged', { at, rings }),
      add(page) {
        known.waiting += 1;
        return signal('add', page);
      },
      async forget(thread) {
        if (known.waiting === 0) return;
        await inTime(({ workflow }) => workflow.getHandle(workflowId).signal('over', thread)).catch(
          () => {},
        );
      },
    };
  }

  /** Nobody there, or no answer: then what is known here counts. */
  async function read(workflowId: string, known: Known): Promise<void> {
    try {
      const answer = await inTime(({ workflow }) => workflow.getHandle(workflowId).query('sent'));
      const { notes, pages, waiting } = Sent.parse(answer);
      known.notes = united(known.notes, notes);
      known.pages = united(known.pages, pages);
      known.waiting = waiting;
    } catch {
      // It is asked again.
    }
    known.readAt = performance.now();
  }

  function inTime<Answer>(ask: (client: Client) => Promise<Answer>): Promise<Answer> {
    const client = getClient();
    return client.withDeadline(Date.now() + timeout, () => ask(client));
  }
}

function united(some: readonly number[], others: readonly number[]): number[] {
  return [...new Set([...some, ...others])].toSorted((one, other) => one - other).slice(-100);
}
