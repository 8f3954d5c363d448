import { z } from 'zod';
import { Because, By, TargetName, WorkflowId } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import { Stamp } from '../../config/time/stamp.ts';

/** The one argument of every runbook's workflow: what to do, to whom, for whom and why. */
export const Envelope = z.object({
  /** The name of the target, as in `targets/<name>.yaml`. */
  target: TargetName,
  /** The runbook's own input. */
  input: z.unknown().optional(),
  /** Who asked, as they say. How far that is known is found out when the run is let in. */
  by: By.default('unknown'),
  login: Login.optional(),
  because: Because.optional(),
  /** Names what the run makes. The start of the run, unless its starter carries one on. */
  stamp: Stamp.optional(),
  /** The run that holds the target's claim and started this one. */
  under: WorkflowId.optional(),
  /** `plan`: read what the run would read, and stop before its first act. */
  mode: z.enum(['live', 'plan']).default('live'),
  /** False: fail with `TargetLocked` at once when another run holds the target. */
  wait: z.boolean().default(true),
  /** No person started it, but a schedule or an alert: the governor counts it, and "automation off" holds it back. */
  automatic: z.boolean().default(false),
  /** Ids of steps that whoever starts it approves beforehand, because of `because`. Of a part: `<step>/<its step>`. */
  approve: z.array(z.string().min(1).max(200)).max(50).optional(),
  /** A person lets it run outside of the maintenance window. */
  outsideWindow: z.boolean().default(false),
});
export type Envelope = z.infer<typeof Envelope>;
