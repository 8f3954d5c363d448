import { z } from 'zod';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { endOf, Until } from '../../config/time/until.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { leave } from '../../engine/steps/step.ts';
import type { StopRecord } from '../../state/stopped.ts';
import { drain } from '../parts/proxy/drain.ts';
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
    until: Until.optional().describe(
      'How long it stays down, such as "4h", or until when, such as "2026-01-05T04:00Z", a year at most. Without it: until a person starts it',
    ),
    force: z
      .enum(['yes', 'no'])
      .default('no')
      .describe('Whether it is killed when it has not ended within its grace'),
  }),

  plan: {
    inspect: 'Check whether it runs',
    suppress: 'Suppress alerts',
    drain: 'Refuse new users at the proxy',
    idle: 'Wait for those who are there',
    stop: 'Stop application',
    prove: 'Prove that nothing listens and nothing has the database open',
    record: 'Record that it is stopped on purpose',
  },

  async run({ input, run, by, because = 'no reason was given', step }) {
    const now = Date.now();
    const until = input.until === undefined ? undefined : endOf(input.until, now);
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
      async ({ containment, runtime, http, proxy }) => {
        const { stopped, startedSince } = await containment.find();
        const { running, restarting = false, detail, startsAgain } = await runtime.describe();
        const ready = running && (await http.isReady());
        const { drains, closed } = await proxy.find();
        const record = { stopped, startedSince };
        return { running, restarting, ready, detail, startsAgain, drains, closed, ...record };
      },
      {
        note: ({ detail, stopped, startsAgain }) =>
          [detail, stopped?.note ?? [], startsAgain ?? []].flat().join('. '),
      },
    );
    const before = seen.stopped;
    const there = seen.running || seen.restarting;

    const silent = until ?? new Date(now + inMilliseconds(SILENCE)).toISOString();
    const hold = {
      until: silent,
      why: `stopped on purpose: ${because}`,
      tell: overText(record),
    };
    let isDown = false;
    let endedLate = false;
    await step.suppress(({ alerts }) => alerts.suppress(hold.until, hold.why, hold.tell), {
      undo: ({ alerts }) =>
        endedLate
          ? Promise.resolve(leave(`Alerts stay held back until ${silent} at most`))
          : alerts.lift(),
      note: () => `Until ${silent} at most`,
    });

    // Users are kept out as long as it is down.
    const refused = await drain(step, { ...seen, run, until, closedBefore: seen.closed });

    const gently = input.force === 'no';
    const stopped = await step.stop(
      async ({ runtime }) => {
        // Nobody may have been there to do it in time.
        if (until !== undefined && Date.parse(until) <= Date.now())
          throw failed('TooLate', `The time for which it was to be stopped is over: ${until}`);
        const done = await runtime.stop({ gently });
        isDown = true;
        return done;
      },
      {
        undo: async (systems) => {
          // An order to stop cannot be taken back: what it has come to is what counts.
          if (!isDown && there) {
            const { ordered, ended, note } = await systems.lifecycle.settleStop(record, hold);
            endedLate = ended;
            if (ordered) return leave(note);
          }
          return startAsBefore(systems, seen);
        },
        note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
      },
    );

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
        const over = before?.run ?? stopped.endedStop ?? seen.startedSince?.run;
        if (over !== undefined && over !== run) await alerts.lift(over);
        return done;
      },
      {
        undo: ({ lifecycle }) =>
          before ? lifecycle.recordStopped(recordOf(before)) : lifecycle.removeStopped(run),
        note: (done) =>
          [done.stopped?.note ?? 'Its time is over already', seen.startsAgain ?? []]
            .flat()
            .join('. '),
      },
    );
    return {
      changed: stopped.changed,
      stopped: recorded?.note,
      until,
      proof,
      /** Whether the proxy tells users to come back. */
      ...(seen.drains && { refused }),
      /** What starts it all the same. */
      startsAgain: seen.startsAgain,
    };
  },
});

function overText({ by, because, until }: StopRecord): string {
  const end = until === undefined ? `for ${SILENCE}, without an end` : `until ${until}`;
  return `The application was stopped on purpose ${end}, by ${by} because ${because}. Is it to run again? Then start it, start-application. Else stop it anew, with the time until when`;
}
