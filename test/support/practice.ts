import { z } from 'zod';
import { defineRunbook } from '../../src/engine/define-runbook.ts';

/** A runbook without a purpose: each line uses one power of the engine. */
export const practice = defineRunbook({
  title: 'Practice',
  family: 'lifecycle',
  severity: 'sev3',
  kind: 'acts',
  expected: '10m',

  input: z.object({
    /** Asks for approval of the second line. */
    approve: z.boolean().default(false),
    bug: z.boolean().default(false),
  }),

  plan: {
    look: 'Look at the application',
    clear: 'Clear cache',
    check: 'Check health',
    end: 'Look again',
  },

  async run({ input, step }) {
    await step.look(({ runtime }) => runtime.describe());
    await step.clear(({ redis }) => redis.clearPrefix(), {
      undo: ({ redis }) => redis.ping(),
      ...(input.approve && { approve: 'it is only practice' }),
    });
    if (input.bug) (undefined as unknown as { field: () => void }).field();
    const ready = await step.check(({ http }) => http.isReady(), { ifSkipped: false });
    await step.end(({ runtime }) => runtime.describe());
    return { ready };
  },
});
