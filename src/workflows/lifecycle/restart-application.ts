import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { drain, letUsersThrough } from '../parts/proxy/drain.ts';
import { findApplication, forget, stopAgain } from '../parts/find-application.ts';
import {
  proveStarted,
  startAsBefore,
  startUntilReady,
  upText,
} from '../parts/start-until-ready.ts';
import { expectStartable } from '../parts/startup-checklist.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';

/**
 * Its own service only: what it needs beside itself goes on. What would keep it from coming back is looked for before it is stopped. One that
 * was stopped on purpose is started when a person asks for it; a schedule or an alert leaves it down.
 */
export const restartApplication = defineRunbook({
  name: 'restart-application',
  title: 'Restart of the application',
  purpose:
    'Stop the application and start it again, with its last lines kept, and prove that it works',
  family: 'lifecycle',
  severity: 'sev2',
  kind: 'acts',
  expected: '5m',
  refuses: ['Contained', 'NotStartable'],
  downtime: { from: 'stop', until: 'test' },

  input: z.object({}),

  plan: {
    inspect: 'Check whether it runs',
    evidence: 'Keep its state and last lines',
    checklist: 'Go through the startup checklist',
    drain: 'Refuse new users at the proxy',
    idle: 'Wait for those who are there',
    stop: 'Stop application',
    start: 'Start application',
    test: 'Test functionality',
    open: 'Let users through the proxy',
    good: 'Record what is known to be good',
    lift: 'Let alerts through again',
  },

  async run({ asked, run, step }) {
    const seen = await step.inspect(findApplication, { note: ({ text }) => text });
    const { stopped, ready, drains, closed } = seen;
    if (stopped && !asked) {
      omitOthers(step, 'It stays down');
      return { restarted: false, proof: stopped.note };
    }

    await step.evidence(({ evidence }) => evidence.keep([seen.text]), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });

    await step.checklist(expectStartable, {
      note: (text) => text,
      ifSkipped: 'A person has decided to restart it all the same',
    });

    await drain(step, { run, drains, ready, restart: true, closedBefore: closed });

    const { begunAt } = await step.stop(({ runtime }) => runtime.stop(), {
      ...(seen.running && { undo: (systems) => startAsBefore(systems, seen) }),
      note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
    });

    const up = await step.start(
      (systems) => startUntilReady(systems, { asked, behindProxy: true }),
      {
        ...(!seen.running && { undo: (systems) => stopAgain(systems, stopped) }),
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

    const keeps = [step.stop, step.start];
    const through = await letUsersThrough(step, { drains, closedBefore: closed, keeps });

    const good = await step.good(({ runtime }) => runtime.noteKnownGood(), {
      note: (noted) => noted?.note ?? 'Not recorded',
      ifFailed: undefined,
    });

    const over = stopped ?? seen.startedSince;
    if (over) await step.lift((systems) => forget(systems, over), { ifFailed: undefined });
    else step.lift.omit('None were held back for it');

    return {
      restarted: true,
      proof: note,
      through,
      knownGood: good?.note,
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: Date.parse(up.readyAt) - Date.parse(begunAt),
    };
  },
});
