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
    /** Fails the first of two lines that run side by side. */
    beside: z.boolean().default(false),
    parts: z.array(z.string()).default([]),
  }),

  plan: {
    look: 'Look at the application',
    clear: 'Clear cache',
    check: 'Check health',
    parts: 'Read some lines of the log',
    left: 'Work on the left',
    right: 'Work on the right',
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
    const parts = await step.parts.each(
      input.parts,
      (part) => `Part ${part}`,
      ({ runtime }, part) => runtime.logs(Number(part)),
      { atOnce: 2 },
    );
    if (input.beside) {
      await Promise.all([
        step.left(({ http }) => http.expectReady()),
        step.right(({ runtime }) => runtime.logs(1), { undo: ({ redis }) => redis.ping() }),
      ]);
    }
    await step.end(({ runtime }) => runtime.describe());
    return { ready, parts: parts.length };
  },
});

/** A runbook that gives way to any other. */
export const courteous = defineRunbook({
  title: 'Courteous',
  family: 'lifecycle',
  severity: 'sev4',
  kind: 'acts',
  expected: '10m',
  whenHeld: 'skip',
  input: z.object({}),
  plan: { look: 'Look at the application' },
  async run({ step }) {
    return step.look(({ runtime }) => runtime.describe());
  },
});
