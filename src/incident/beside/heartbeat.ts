import { defineSignal } from '@temporalio/workflow';
import { z } from 'zod';
import { Moment, TargetName } from '../../config/border/texts.ts';
import { severities } from '../../config/schema/values/severity.ts';

/** Milliseconds, up to a hundred years. */
const milliseconds = z.number().min(0).max(3_153_600_000_000);

/** One sign of life, with the policy of the target's YAML at that time. */
export const Heartbeat = z.object({
  target: TargetName,
  /** As in the fingerprint of its incident. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,94}$/, 'Expected a-z, 0-9 and dashes'),
  /** It begins, it went well, or it failed. */
  what: z.enum(['start', 'ok', 'fail']),
  /** ISO 8601, UTC. */
  at: Moment,
  every: milliseconds,
  grace: milliseconds,
  severity: z.enum(severities),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const heartbeatSignal = defineSignal<[Heartbeat]>('heartbeat');

/** The workflow that waits for the next one. */
export function deadManId(target: string, id: string): string {
  return `dead-man/${target}/${id}`;
}

/** When silence is too long. After a start it must end within the grace. */
export function dueAt({ what, at, every, grace }: Heartbeat): number {
  return Date.parse(at) + (what === 'start' ? grace : every + grace);
}
