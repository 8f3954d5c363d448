import { z } from 'zod';
import type { StepSystems } from '../../activities/index.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import type { Containment } from '../../state/containment.ts';
import { attempted } from '../parts/attempted.ts';
import { described } from '../parts/described.ts';
import { startAsBefore } from '../parts/start-until-ready.ts';

/**
 * It is recorded first, durably, before anything is inspected: from then on no runbook starts the application, until
 * lift-containment does. One that is contained already stays so by whom it was.
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
    record: 'Record that it is contained',
    inspect: 'Check whether it runs',
    stop: 'Stop application',
    prove: 'Prove that it is down',
    others: 'Find who else uses its database',
  },

  async run({ input, run, by, because, unfinished, step }) {
    const record = (ran: boolean): Containment => ({
      by,
      since,
      reason: input.reason,
      because,
      run,
      ran,
    });
    const since = new Date().toISOString();
    // One that was contained before stays so, whatever becomes of this run.
    const lift = ({ containment }: Pick<StepSystems, 'containment'>) => containment.remove(run);

    const recorded = await step.record(
      // Who does not know whether it ran starts it when this is lifted.
      ({ containment }) => containment.record(record(true)),
      { undo: lift, note: ({ contained }) => contained.note },
    );
    const { own } = recorded;

    const seen = await step.inspect(
      async ({ containment, runtime, http }) => {
        const state = await attempted(runtime.describe());
        const ready = await http.isReady();
        const running = state.result?.running ?? ready;
        // A run that was terminated may have stopped it.
        const down = state.result?.running === false && unfinished.length === 0;
        const { contained } = own && down ? await containment.record(record(false)) : recorded;
        return { contained, running, ready, text: state.result?.detail ?? state.reason!.message };
      },
      { note: ({ text }) => text },
    );
    const { contained } = seen;

    // Of what nothing can be found, for want of a configuration, nothing can be stopped; that it is contained stays.
    await step.stop(({ runtime }) => described(runtime.stop()), {
      ...(own && {
        undo: async (systems) => {
          await lift(systems);
          await startAsBefore(systems, seen);
        },
      }),
      note: ({ result, reason }) => reason?.message ?? (result?.changed ? 'It ran' : 'It was down'),
    });

    await step.prove(
      async ({ runtime, http }) => {
        const { result, reason } = await described(runtime.describe());
        const running = result?.running ?? (await http.isReady());
        const detail = result?.detail ?? `It cannot be described: ${reason!.message}`;
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
      changed: own,
      contained: contained.note,
      since: contained.since,
      /** Whether it is started again when this is lifted. */
      ran: contained.ran,
      users: users ?? 'Others still use its database, or its address',
    };
  },
});
