import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';
import { leave } from '../../engine/steps/step.ts';
import { drain, letUsersThrough } from '../parts/proxy/drain.ts';
import { findApplication, forget, stopAgain } from '../parts/find-application.ts';
import {
  proveStarted,
  startAsBefore,
  startUntilReady,
  upText,
} from '../parts/start-until-ready.ts';
import { expectStartable } from '../parts/startup-checklist.ts';

const yesOrNo = z.enum(['yes', 'no']).default('no');

/**
 * The new image is built while the application runs on the old one, which gets a name of ours first: it is the way back. What Compose
 * would change besides the image comes along only when a person says so, for no undo can take that back.
 */
export const rebuildApplication = defineRunbook({
  name: 'rebuild-application',
  title: 'Rebuild of the application',
  purpose:
    'Build the image of the application anew, replace its container, and prove that it works, with the old image as the way back',
  family: 'lifecycle',
  severity: 'sev2',
  kind: 'acts',
  expected: '30m',
  refuses: ['Contained', 'NotStartable', 'ConfigurationDiffers'],
  downtime: { from: 'stop', until: 'test' },

  input: z.object({
    pull: yesOrNo.describe(
      'Whether newer base images are fetched from their registry, or the image itself, where Compose does not build it',
    ),
    cache: yesOrNo.describe('Whether layers of earlier builds are used again'),
    changes: z
      .enum(['refuse', 'apply'])
      .default('refuse')
      .describe(
        'What becomes of changes of the Compose files and ".env" that the running container does not have yet',
      ),
  }),

  plan: {
    inspect: 'Check whether it runs',
    compare: 'Compare its configuration with its container',
    checklist: 'Go through the startup checklist',
    evidence: 'Keep its state and last lines',
    keep: 'Keep the image that it runs on',
    build: 'Build the image anew',
    drain: 'Refuse new users at the proxy',
    idle: 'Wait for those who are there',
    stop: 'Stop application',
    replace: 'Replace its container',
    start: 'Start application',
    test: 'Test functionality',
    open: 'Let users through the proxy',
    good: 'Record what is known to be good',
    prune: 'Give up older images',
    lift: 'Let alerts through again',
  },

  async run({ input, asked, run, stamp, step }) {
    const seen = await step.inspect(
      async (systems) => {
        // What has no image is said before anything else.
        const before = await systems.images.find(input.pull === 'yes');
        return { ...(await findApplication(systems)), before };
      },
      { note: ({ text, before }) => `${text}. Image ${before.image}` },
    );
    const { stopped, ready, drains, closed, before } = seen;
    if (stopped && !asked) {
      omitOthers(step, 'It stays down');
      return { rebuilt: false, proof: stopped.note };
    }

    const { changes } = before;
    await step.compare(
      async () => {
        if (changes.length > 0 && input.changes === 'refuse')
          throw failed(
            'ConfigurationDiffers',
            `Its container would be another one besides its image: ${changes.join(', ')}. To let that come along, which cannot be undone: --changes apply`,
          );
        return before.note;
      },
      { note: (text) => text, ifSkipped: 'A person has decided to let it come along' },
    );

    await step.checklist(expectStartable, {
      note: (text) => text,
      ifSkipped: 'A person has decided to replace it all the same',
    });

    await step.evidence(({ evidence }) => evidence.keep([seen.text]), {
      note: (kept) => kept?.note ?? 'Not kept',
      ifFailed: undefined,
    });

    let replacing = false;
    const kept = await step.keep(({ images }) => images.keep(stamp), {
      // From the replacement on that one's undo does it: an application that has been started again is not to go down once more.
      undo: async ({ images }) => (replacing ? undefined : images.goBack(stamp)),
      note: ({ note }) => note,
    });

    const how = { pull: input.pull === 'yes', cache: input.cache === 'yes' };
    const built = await step.build(({ images }) => images.build(stamp, how), {
      note: ({ note }) => note,
    });
    const prune = () =>
      step.prune(({ images }) => images.prune(stamp), {
        note: (pruned) => pruned?.note ?? 'Not given up',
        ifFailed: undefined,
      });
    if (built.same && changes.length === 0) {
      for (const id of [
        'drain',
        'idle',
        'stop',
        'replace',
        'start',
        'test',
        'open',
        'good',
      ] as const)
        step[id].omit('The image is the same as before');
      await prune();
      step.lift.omit('The image is the same as before');
      return { rebuilt: false, image: built.note };
    }

    await drain(step, { run, drains, ready, restart: true, closedBefore: closed });

    const { begunAt } = await step.stop(({ runtime }) => runtime.stop(), {
      ...(seen.running && { undo: (systems) => startAsBefore(systems, seen) }),
      note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
    });

    replacing = true;
    await step.replace(({ images }) => images.replace(), {
      undo: async ({ images, runtime }) => {
        await runtime.stop();
        const { remade } = await images.goBack(stamp);
        return remade && changes.length > 0
          ? leave(
              `The application is on its image from before, with its configuration as it is now: ${changes.join(', ')}`,
            )
          : undefined;
      },
      note: ({ note }) => note,
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

    const keeps = [step.keep, step.stop, step.replace, step.start];
    const through = await letUsersThrough(step, { drains, closedBefore: closed, keeps });

    const good = await step.good(({ runtime }) => runtime.noteKnownGood(), {
      note: (noted) => noted?.note ?? 'Not recorded',
      ifFailed: undefined,
    });

    await prune();

    const over = stopped ?? seen.startedSince;
    if (over) await step.lift((systems) => forget(systems, over), { ifFailed: undefined });
    else step.lift.omit('None were held back for it');

    return {
      rebuilt: true,
      proof: note,
      through,
      image: built.note,
      before: kept.name,
      knownGood: good?.note,
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: Date.parse(up.readyAt) - Date.parse(begunAt),
    };
  },
});
