import { defineSignal, getExternalWorkflowHandle } from '@temporalio/workflow';
import { z } from 'zod';
import { Moment, WorkflowId } from '../../config/border/texts.ts';
import { liftedSignal } from '../../incident/messages.ts';

/** An incident that pages nobody before, and is told when that ends earlier: ISO 8601, UTC. */
export const Waiter = z.object({ incident: WorkflowId, until: Moment });
export type Waiter = z.infer<typeof Waiter>;

export const waitSignal = defineSignal<[Waiter]>('wait');

/** Each is told once, and asks again when it still has to wait. */
export const MOST_WAITING = 1000;

/** Undefined: too many wait already. */
export function withWaiter(waiting: readonly Waiter[], waiter: Waiter): Waiter[] | undefined {
  const others = waiting.filter(({ incident }) => incident !== waiter.incident);
  return others.length < MOST_WAITING ? [...others, waiter] : undefined;
}

/** Tells all of them at once, and why, where a person has ended it. One that is over needs no word. */
export async function lifted(waiting: readonly Waiter[], why?: string): Promise<void> {
  await Promise.all(
    waiting.map(({ incident }) =>
      getExternalWorkflowHandle(incident)
        .signal(liftedSignal, why === undefined ? {} : { why })
        .catch(() => {}),
    ),
  );
}

/** `until`, but no later than so many milliseconds from now. ISO 8601, UTC. */
export function atMost(until: string, longest: number): string {
  const last = Date.now() + longest;
  return Date.parse(until) > last ? new Date(last).toISOString() : until;
}
