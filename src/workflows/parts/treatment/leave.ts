import { z } from 'zod';

/** Whether people are asked before. */
export type Leave = 'ask' | 'yes' | 'no';

/** What somebody may be spared by a repair: the caches, and what is not saved. */
export const treatmentInput = z.object({
  clear: z
    .enum(['ask', 'yes', 'no'])
    .default('ask')
    .describe('Whether its caches may be cleared: "ask" waits for approval'),
  restart: z
    .enum(['ask', 'yes', 'no'])
    .default('ask')
    .describe('Whether it may be restarted: "ask" waits for approval'),
});
