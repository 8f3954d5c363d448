import { z } from 'zod';
import { Moment, WorkflowId } from './texts.ts';

/** What a run asks people, and what they may answer. Times are ISO 8601, UTC. */
export const RunQuestion = z.strictObject({
  /** Its workflow id. */
  run: WorkflowId,
  step: z.string().min(1).max(200),
  /** Of a step that cannot succeed: an answer to an older question is refused. */
  attempt: z.int().min(1).optional(),
  choices: z
    .array(z.enum(['approve', 'reject', 'retry', 'skip', 'undo']))
    .min(1)
    .max(5),
  /** Nobody is waited for any longer. */
  until: Moment,
});
export type RunQuestion = z.infer<typeof RunQuestion>;
