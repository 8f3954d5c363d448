import { z } from 'zod';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import type { StopRecord } from '../../state/stopped.ts';
import { recordOf } from '../parts/find-application.ts';
import { startAsBefore } from '../parts/start-until-ready.ts';

/** So long nobody is paged for an application that nobody has said an end for; then people are asked. */
const SILENCE: Duration = '7d';

/**
 * From its end on it is on record who has stopped it, why and until when: nothing pages for it or starts it meanwhile but a person who
 * asks for that. When the time is over people are told, and who starts it is for them to say.
 */
export const stopApplication = defineRunbook({
  name: 'stop-application',
  title: 'Stop of the application',
  purpose:
    'Stop the application on purpose: nothing pages for it, and nothing else starts it again',
  family: 'lifecycle',
  severity: 'sev2',
  kind: 'acts',
  expected: '5m',

  input: z.object({
    until: z
      .string()
      .regex(
        /^(\d+[smhd]|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))$/,
        'Expected how long, such as "4h", or until when, such as "2026-01-05T04:00Z"',
      )
      .optional()
      .describe(
        'How long it stays down, such as "4h", or until when, such as "2026-01-05T04:00Z". Without it: until a person starts it',
      ),
    force: z
      .enum(['yes', 'no'])
      .default('no')
      .describe('Whether it is killed when it has not ended within its grace'),
  }),

  plan: {
    inspect: 'Check whether it runs',
    suppress: 'Suppress alerts',
    stop: 'Stop application',
    prove: 'Prove that nothing listens and nothing has the database open',
    record: 'Record that it is stopped on purpose',
  },

  async run({ input, run, by, because = 'no reason was given', step }) {
    const now = Date.now();
    const until = endOf(input.until, now);
    if (until !== undefined && Date.parse(until) <= now)
      throw failed('InvalidInput', `"until" is over already: ${until}`);
    const record: StopRecord = {
      by,
      because,
      at: new Date(now).toISOString(),
      run,
      ...(until !== undefined && { until }),
    };

    const seen = await step.inspect(
      async ({ containment, runtime, http }) => {
        const { stopped } = await containment.find();
        const { running, restarting = false, detail } = await runtime.describe();
        const ready = running && (await http.isReady());
        return { running, restarting, ready, stopped, detail };
      },
      { note: ({ detail, stopped }) => [detail, stopped?.note ?? []].flat().join('. ') },
    );
    const before = seen.stopped;

    const silent = until ?? new Date(now + inMilliseconds(SILENCE)).toISOString();
    await step.suppress(
      ({ alerts }) => alerts.suppress(silent, `stopped on purpose: ${because}`, overText(record)),
      { undo: ({ alerts }) => alerts.lift(), note: () => `Until ${silent} at most` },
    );

    const gently = input.force === 'no';
    const stopped = await step.stop(({ runtime }) => runtime.stop({ gently }), {
      undo: (systems) => startAsBefore(systems, seen),
      note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
    });

    const proof = await step.prove(
      async ({ runtime, host, database }) => {
        const { running, detail } = await runtime.describe();
        if (running) throw failed('StillRuns', `It still runs: ${detail}`);
        const port = await host.port();
        const { open, note } = await database.findOpeners();
        const used = [
          ...(port.listens ? [port.note] : []),
          ...(open ? [`Its database: ${note}`] : []),
        ];
        if (used.length > 0)
          throw failed('StillUsed', `The application is down. ${used.join('. ')}`);
        return `${port.note}. ${note}`;
      },
      { note: (text) => text, ifSkipped: 'A person has decided to leave it so' },
    );

    const { stopped: recorded } = await step.record(
      async ({ lifecycle, alerts }) => {
        const done = await lifecycle.recordStopped(record);
        // This run holds alerts back now: nobody need be told of the end that another one had in mind.
        if (before) await alerts.lift(before.run);
        return done;
      },
      {
        undo: ({ lifecycle }) =>
          before ? lifecycle.recordStopped(recordOf(before)) : lifecycle.removeStopped(run),
        note: (done) => done.stopped?.note ?? 'Its time is over already',
      },
    );
    return {
      changed: stopped.changed,
      stopped: recorded?.note,
      until,
      proof,
    };
  },
});

/** ISO 8601, UTC. */
function endOf(until: string | undefined, now: number): string | undefined {
  if (until === undefined) return undefined;
  const isDuration = /^\d+[smhd]$/.test(until);
  return new Date(isDuration ? now + inMilliseconds(until) : Date.parse(until)).toISOString();
}

function overText({ by, because, until }: StopRecord): string {
  const end = until === undefined ? `for ${SILENCE}, without an end` : `until ${until}`;
  return `The application was stopped on purpose ${end}, by ${by} because ${because}. Is it to run again? Then start it, start-application. Else stop it anew, with the time until when`;
}
