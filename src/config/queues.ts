/** Workflows and whatever touches no target: any host may serve it. */
export const RUNBOOKS_QUEUE = 'runbooks';

/** Activities that touch one target: served only by a worker beside it. */
export function targetQueue(target: string): string {
  return `target-${target}`;
}
