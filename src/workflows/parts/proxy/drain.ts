import { isCancellation } from '@temporalio/workflow';
import type { Step } from '../../../engine/steps/step.ts';

interface Draining {
  /** Its undo lets users through again whom itself has kept out. */
  readonly run: string;
  /** Whether the target says how its proxy refuses users. */
  readonly drains: boolean;
  /** Whether the application answers. Who waits for one that does not waits in vain. */
  readonly ready: boolean;
  /** When users may come back. Neither this nor `restart`: nobody has said. */
  readonly until?: string | undefined;
  /** They may as soon as it has started anew. */
  readonly restart?: boolean;
  readonly closedBefore?: ClosedBefore;
}

interface Opening {
  readonly drains: boolean;
  readonly closedBefore?: ClosedBefore;
  /** What has been proven, and stays when the proxy fails: else an application that works would go down for it. */
  readonly keeps?: readonly Step[];
}

/** Why users were kept out before this run, as text: its undo keeps them out again. */
type ClosedBefore = string | undefined;

const NO_DRAIN = 'The target names no proxy that can be drained';

/**
 * Before the application is stopped: new users are refused, and those who are there are waited for. That it fails is told, and keeps nobody
 * from stopping the application. Answers whether users are refused.
 */
export async function drain(
  step: { readonly drain: Step; readonly idle: Step },
  { run, drains, ready, until, restart = false, closedBefore }: Draining,
): Promise<boolean> {
  if (!drains) {
    step.drain.omit(NO_DRAIN);
    step.idle.omit(NO_DRAIN);
    return false;
  }
  const closed = await step.drain(
    async ({ proxy }) => {
      const { note } = await proxy.close({ ...(until !== undefined && { until }), restart });
      return { note, since: new Date().toISOString() };
    },
    {
      ...(closedBefore === undefined && { undo: ({ proxy }) => proxy.open(run) }),
      note: (done) => done?.note ?? 'They are let through',
      ifFailed: undefined,
    },
  );
  if (!closed) step.idle.omit('New users come all the time');
  else if (!ready) step.idle.omit('It does not answer, and serves nobody');
  else
    await step.idle(({ proxy }) => proxy.awaitIdle(closed.since), {
      note: (idle) => idle?.note ?? 'They are not waited for',
      ifFailed: undefined,
    });
  return closed !== undefined;
}

/**
 * When the application is proven: users are let through, and what they get is looked at. That they get nothing is for a person to
 * decide. Answers what they get.
 */
export async function letUsersThrough(
  step: { readonly open: Step },
  { drains, closedBefore, keeps = [] }: Opening,
): Promise<string | undefined> {
  if (!drains) {
    step.open.omit(NO_DRAIN);
    return undefined;
  }
  const opening = step.open(
    async ({ proxy }) => {
      const { note } = await proxy.open();
      const served = await proxy.expectServing();
      return `${note}. ${served.note}`;
    },
    {
      ...(closedBefore !== undefined && { undo: ({ proxy }) => proxy.close() }),
      note: (text) => text ?? '',
      ifSkipped: undefined,
    },
  );
  try {
    return await opening;
  } catch (error) {
    // Who stops the run wants all of it taken back.
    if (!isCancellation(error)) for (const line of keeps) line.dropUndo();
    throw error;
  }
}
