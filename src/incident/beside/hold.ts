import { z } from 'zod';
import { Because, Moment, someWords, WorkflowId } from '../../config/border/texts.ts';

/** Somebody works on a target until then: alerts about it are expected. */
export const Hold = z.object({
  /** A run or a person. */
  by: WorkflowId,
  why: Because,
  /** ISO 8601, UTC. It is over then, whatever happens to who asked for it. */
  until: Moment,
  /** What people are told when it is over by itself, and nobody has lifted it. Missing: nothing. */
  tell: z.exactOptional(someWords(8000)),
});
export type Hold = z.infer<typeof Hold>;

/** As many as work on one target at once, and far more. */
export const MOST_HOLDS = 100;
