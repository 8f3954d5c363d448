import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { attempted } from '../parts/attempted.ts';
import { bringBack, type CleanedUp, removeIncomplete } from '../parts/clean-up.ts';
import { proveStarted, startUntilReady } from '../parts/start-until-ready.ts';

/**
 * A terminated run can undo nothing, and leaves its target to recovery runbooks only. This one removes its unfinished
 * copies, gives the target its own files, database and dependencies back, and starts the application, unless it is contained:
 * then that is made true again. What the run had restored in full stays, and where the files from before are is said.
 */
export const repair = defineRunbook({
  name: 'repair',
  title: 'Repair',
  purpose: 'Put right what a run left incomplete that was terminated',
  family: 'recovery',
  whenIncomplete: 'recover',
  severity: 'sev1',
  kind: 'acts',
  expected: '15m',

  input: z.object({}),

  plan: {
    bringBack: 'Give the target its own files, database and dependencies back',
    clean: 'Remove unfinished copies, and let alerts through',
    examine: 'Examine the live database',
    start: 'Start application',
    test: 'Test functionality',
  },

  async run({ unfinished, step }) {
    let cleaned: readonly CleanedUp[] = [];
    if (unfinished.length === 0) {
      step.bringBack.omit('No run has left this target incomplete');
      step.clean.omit('No run has left this target incomplete');
    } else {
      const back = await step.bringBack.each(
        unfinished,
        ({ run }) => `What "${run}" put aside`,
        bringBack,
        { note: (all) => notesOf(all) ?? 'Nothing was put aside' },
      );
      const removed = await step.clean.each(
        unfinished,
        ({ run }) => `What "${run}" was making`,
        removeIncomplete,
        { note: (all) => notesOf(all) ?? 'Nothing was in the making' },
      );
      cleaned = [...back, ...removed];
    }

    const database = await step.examine(({ database }) => database.examine(), {
      note: ({ finding }) => finding,
    });

    const { changed: started, contained } = await step.start(
      async (systems) => {
        const up = await startAnewUnlessReady(systems);
        // Whoever contained it, or was lifting that, may have been ended half-way.
        if (up.contained) await systems.runtime.stop();
        return up;
      },
      {
        note: ({ changed, contained: by }) =>
          by ? `It stays down. ${by.note}` : changed ? 'It was down' : 'It was running',
      },
    );
    if (contained) step.test.omit('It is kept down');

    const proof = contained
      ? undefined
      : await step.test(proveStarted, { note: ({ note }) => note });

    return {
      repaired: unfinished.map(({ run }) => run),
      /** What was put right, and what stays where. */
      cleaned: cleaned.flatMap(({ notes }) => notes),
      database: database.finding,
      started,
      proof: proof?.note ?? contained?.note,
    };
  },
});

/** One that runs and never answers was left so: it is started anew. */
async function startAnewUnlessReady(systems: Parameters<typeof startUntilReady>[0]) {
  const first = await attempted(startUntilReady(systems));
  if (first.result) return first.result;
  await systems.runtime.stop();
  return startUntilReady(systems);
}

function notesOf(all: readonly CleanedUp[]): string | undefined {
  const notes = all.flatMap((one) => one.notes);
  return notes.length > 0 ? notes.join('. ') : undefined;
}
