import { z } from 'zod';
import { Stamp } from '../../config/stamp.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';

/**
 * Put right what a run left half done that was ended by force.
 *
 * A terminated run can undo nothing, and leaves its target to recovery runbooks only. This one removes its unfinished
 * copies, gives the database its own files back, and starts the application. What the run had restored in full stays.
 */
export const repair = defineRunbook({
  title: 'Repair',
  family: 'recovery',
  severity: 'sev1',
  kind: 'acts',
  expected: '15m',

  input: z.object({}),

  plan: {
    settle: 'Give the database its own files back',
    clean: 'Remove unfinished copies',
    examine: 'Examine the live database',
    start: 'Start application',
    test: 'Test functionality',
  },

  async run({ dirty, step }) {
    const stamp = Stamp.safeParse(dirty?.split('/').at(-1)).data;
    if (dirty === undefined || stamp === undefined) {
      step.settle.omit('No run has left this target half done');
      step.clean.omit('No run has left this target half done');
    } else {
      await step.settle(({ sqlite }) => sqlite.unkeep(stamp), {
        note: ({ changed }) => (changed ? 'They had been put aside' : 'They were in their place'),
      });
      await step.clean(
        async ({ sqlite, backups }) => {
          const copies = [await sqlite.unstage(stamp), await backups.discard(stamp, dirty)];
          return copies.filter(({ changed }) => changed).length;
        },
        { note: (removed) => `${removed} removed` },
      );
    }

    const database = await step.examine(({ sqlite }) => sqlite.examine(), {
      note: ({ finding }) => finding,
    });

    const started = await step.start(
      async ({ runtime, http }) => {
        const { changed } = await runtime.start();
        await http.expectReady();
        return changed;
      },
      { note: (changed) => (changed ? 'It was down' : 'It was running') },
    );

    const proof = await step.test(({ app }) => app.prove(), { note: ({ note }) => note });

    return { repaired: dirty, database: database.finding, started, proof: proof.note };
  },
});
