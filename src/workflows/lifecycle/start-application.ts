import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';
import { letUsersThrough } from '../parts/proxy/drain.ts';
import { findApplication, forget, stopAgain } from '../parts/find-application.ts';
import { proveStarted, startUntilReady, upText } from '../parts/start-until-ready.ts';
import { expectStartable } from '../parts/startup-checklist.ts';

/**
 * One that runs and works is left alone. One that was stopped on purpose is started when a person asks for it; a schedule or an
 * alert leaves it down. What its startup checklist finds keeps it from being started, and all of it is said at once.
 */
export const startApplication = defineRunbook({
  name: 'start-application',
  title: 'Start of the application',
  purpose: 'Start the application when its startup checklist is clean, and prove that it works',
  family: 'lifecycle',
  severity: 'sev2',
  kind: 'acts',
  expected: '5m',
  refuses: ['Contained', 'NotStartable'],

  input: z.object({}),

  plan: {
    inspect: 'Check whether it runs',
    checklist: 'Go through the startup checklist',
    start: 'Start application',
    test: 'Test functionality',
    open: 'Let users through the proxy',
    evidence: 'Keep its state and last lines',
    good: 'Record what is known to be good',
    lift: 'Let alerts through again',
  },

  async run({ asked, step }) {
    const seen = await step.inspect(
      async (systems) => {
        const found = await findApplication(systems);
        if (!found.running) return found;
        // It may be starting.
        const ready = await attempted(systems.http.expectReady());
        const proof = ready.reason ? ready : await attempted(systems.app.prove());
        if (proof.reason)
          throw failed(
            'NotFunctional',
            `It runs, and does not work: ${proof.reason.message}. To stop it and start it: restart-application`,
          );
        return { ...found, text: `It runs and works: ${proof.result.note}` };
      },
      { note: ({ text }) => text },
    );
    const { running, stopped, startedSince, drains, closed } = seen;
    const leave = running || (stopped !== undefined && !asked);
    if (leave) {
      const why = running ? 'It runs and works' : 'It stays down';
      const { inspect: _inspect, open, lift, ...others } = step;
      for (const line of Object.values(others)) line.omit(why);
      if (running && closed !== undefined) await letUsersThrough({ open }, { drains });
      else open.omit(why);
      if (startedSince) await lift((systems) => forget(systems, startedSince));
      else lift.omit(why);
      return { started: false, proof: seen.text };
    }

    await step.checklist(expectStartable, {
      note: (text) => text,
      ifSkipped: 'A person has decided to start it all the same',
    });

    const up = await step.start(
      (systems) => startUntilReady(systems, { asked, behindProxy: true }),
      {
        undo: (systems) => stopAgain(systems, stopped),
        note: upText,
      },
    );
    // Somebody has contained it since.
    if (up.contained) throw failed('Contained', up.contained.note);

    const { note } = await step.test(
      (systems) => proveStarted(systems, { asked, behindProxy: true }),
      {
        note: (proven) => proven.note,
      },
    );

    const through = await letUsersThrough(step, {
      drains,
      closedBefore: closed,
      keeps: [step.start],
    });

    await step.evidence(({ evidence }) => evidence.keep([`Started. ${note}`]), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });

    const good = await step.good(({ runtime }) => runtime.noteKnownGood(), {
      note: (noted) => noted?.note ?? 'Not recorded',
      ifFailed: undefined,
    });

    if (stopped) await step.lift((systems) => forget(systems, stopped), { ifFailed: undefined });
    else step.lift.omit('None were held back for it');

    return {
      started: true,
      proof: note,
      through,
      knownGood: good?.note,
      wasStopped: stopped?.note,
    };
  },
});
