import { defineSignal } from '@temporalio/workflow';
import type { Severity } from '../config/schema/values/severity.ts';

/** One sign of life, with the policy of the target's YAML at that time. */
export interface Heartbeat {
  readonly target: string;
  readonly id: string;
  /** It begins, it went well, or it failed. */
  readonly what: 'start' | 'ok' | 'fail';
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Milliseconds. */
  readonly every: number;
  readonly grace: number;
  readonly severity: Severity;
}

export const heartbeatSignal = defineSignal<[Heartbeat]>('heartbeat');

/** The workflow that waits for the next one. */
export function deadManId(target: string, id: string): string {
  return `dead-man/${target}/${id}`;
}

/** When silence is too long. After a start it must end within the grace. */
export function dueAt({ what, at, every, grace }: Heartbeat): number {
  return Date.parse(at) + (what === 'start' ? grace : every + grace);
}
