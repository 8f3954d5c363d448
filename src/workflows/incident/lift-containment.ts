import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { proveStarted, startUntilReady, upText } from '../parts/start-until-ready.ts';

/**
 * What was down before it was contained stays down. The containment ends last, so that whatever fails or is killed on the
 * way leaves an application that is contained.
 */
export const liftContainment = defineRunbook({
  name: 'lift-containment',
  title: 'End of containment',
  purpose:
    'The harm is over: start the application that was contained, and let others start it again',
  family: 'incident',
  severity: 'sev1',
  kind: 'acts',
  expected: '5m',

  input: z.object({}),

  plan: {
    find: 'Find the containment',
    start: 'Start application',
    test: 'Test functionality',
    remove: 'Let others start it, too',
  },

  async run({ step }) {
    const { contained } = await step.find(({ containment }) => containment.find(), {
      note: (found) => found.contained?.note ?? 'There is none',
    });
    if (!contained) throw failed('NotContained', 'It is not contained: there is nothing to lift');

    const proof = contained.ran ? await bringBack() : staysDown();

    await step.remove(({ containment }) => containment.remove(), {
      undo: ({ containment }) => containment.record(contained),
    });

    return { was: contained.note, started: contained.ran, proof };

    async function bringBack(): Promise<string> {
      const { contained: keptDown } = await step.start(
        (systems) => startUntilReady(systems, { lifting: true }),
        { undo: ({ runtime }) => runtime.stop(), note: upText },
      );
      // Somebody has stopped it on purpose while it was contained.
      if (keptDown) {
        step.test.omit('It stays down');
        return keptDown.note;
      }
      const { note } = await step.test((systems) => proveStarted(systems, { lifting: true }), {
        note: (proven) => proven.note,
      });
      return note;
    }

    function staysDown(): string {
      const why = 'It was down before it was contained';
      step.start.omit(why);
      step.test.omit(why);
      return why;
    }
  },
});
