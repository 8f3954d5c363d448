import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';

/**
 * It is recorded first, durably, and from then on no runbook starts the application, until lift-containment does. One that
 * is contained already stays so by whom it was.
 */
export const contain = defineRunbook({
  name: 'contain',
  title: 'Containment',
  purpose: 'The application does harm: stop it, and keep it stopped, whatever would start it again',
  family: 'incident',
  severity: 'sev1',
  kind: 'acts',
  expected: '5m',
  whenHeld: 'preempt',
  whenIncomplete: 'leave',

  input: z.object({
    reason: z
      .string()
      .regex(/\S/, 'Expected a reason')
      .describe('What harm it does: whoever finds it down wants to know'),
  }),

  plan: {
    inspect: 'Check whether it runs',
    record: 'Record that it is contained',
    stop: 'Stop application',
    prove: 'Prove that it is down',
    others: 'Find who else uses its database',
  },

  async run({ input, run, by, because, unfinished, step }) {
    const seen = await step.inspect(
      async ({ containment, runtime, http }) => {
        const { contained } = await containment.find();
        const { running, detail } = await runtime.describe();
        return { contained, running, detail, ready: await http.isReady() };
      },
      { note: ({ contained, detail }) => [contained?.note ?? [], detail].flat().join('. ') },
    );

    const { contained } = await step.record(
      ({ containment }) =>
        containment.record({
          by,
          since: new Date().toISOString(),
          reason: input.reason,
          because,
          run,
          // A run that was terminated may have stopped it.
          ran: seen.running || unfinished.length > 0,
        }),
      {
        // One that was contained before stays so, whatever becomes of this run.
        ...(!seen.contained && { undo: ({ containment }) => containment.remove() }),
        note: (recorded) => recorded.contained.note,
      },
    );

    await step.stop(({ runtime }) => runtime.stop(), {
      ...(!seen.contained && {
        undo: async ({ containment, runtime, http }) => {
          await containment.remove();
          if (seen.running) await runtime.start();
          if (seen.ready) await http.expectReady();
        },
      }),
      note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
    });

    await step.prove(
      async ({ runtime }) => {
        const { running, detail } = await runtime.describe();
        if (running) throw failed('StillRuns', `It still runs: ${detail}`);
        return detail;
      },
      { note: (detail) => detail },
    );

    // Others are not the application: that they go on must be reported, and is no reason to start it again.
    const users = await step.others(
      async ({ database, http }) => {
        const { note, open } = await database.findOpeners();
        const answers = await http.isReady();
        if (open || answers)
          throw failed(
            'StillUsed',
            `The application is down. Its database: ${note}${answers ? '. Something else answers at its address' : ''}`,
          );
        return note;
      },
      { note: (note) => note ?? 'Somebody does', ifFailed: undefined },
    );

    return {
      changed: !seen.contained,
      contained: contained.note,
      since: contained.since,
      /** Whether it is started again when this is lifted. */
      ran: contained.ran,
      users: users ?? 'Others still use its database, or its address',
    };
  },
});
