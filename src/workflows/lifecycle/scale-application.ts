import { z } from 'zod';
import type { StepSystems } from '../../activities/index.ts';
import { MemorySize, memoryInBytes } from '../../config/schema/values/quantities.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';
import { leave } from '../../engine/steps/step.ts';
import { findApplication } from '../parts/find-application.ts';

const Cpus = z
  .string('Expected a number, such as "2" or "0.5"')
  .regex(/^(?=.*[1-9])\d{1,4}(\.\d{1,2})?$/, 'Expected a number, such as "2" or "0.5"');

/**
 * Upwards: more memory or processors for a container or a unit of systemd, or less, without a restart. Sideways: more containers of one service, or
 * fewer, behind a proxy: each is let through to when it is healthy, and drained before it goes. Both are written where the next start reads them,
 * too: into its Compose files, or as systemd keeps them. Several that would write into one SQLite database are refused.
 */
export const scaleApplication = defineRunbook({
  name: 'scale-application',
  title: 'Scaling of the application',
  purpose:
    'Give the application more memory or processors, or more replicas on PostgreSQL, or less, while it runs and for every start to come',
  family: 'lifecycle',
  severity: 'sev3',
  kind: 'acts',
  expected: '5m',
  refuses: ['Contained', 'CannotCheck'],

  input: z
    .object({
      memory: MemorySize.optional().describe('How much memory it may use, such as "4g" or "512m"'),
      cpus: Cpus.optional().describe('How many processors it may use, such as "2" or "0.5"'),
      replicas: z
        .string()
        .regex(/^([1-9]\d?|100)$/, 'Expected a number from 1 to 100')
        .optional()
        .describe(
          'How many containers of it, behind the proxy: 1, as long as its database is SQLite',
        ),
    })
    .refine((input) => Object.values(input).some((value) => value !== undefined), {
      error: 'Expected --memory, --cpus or both, or --replicas',
      path: ['memory'],
    })
    .refine(({ memory, cpus, replicas }) => !(replicas && (memory ?? cpus)), {
      error:
        'Expected one way at a time: first --memory and --cpus, then --replicas in a run of its own',
      path: ['replicas'],
    }),

  plan: {
    inspect: 'Inspect what it has and uses, and what its machine has',
    set: 'Set its limits while it runs',
    add: 'Start replicas, one by one, and let users through to each that is healthy',
    take: 'Drain and remove replicas, one by one',
    persist: 'Write it where its next start reads it',
    prove: 'Prove it, live and by what its next start reads',
    test: 'Test functionality',
    good: 'Record what is known to be good',
  },

  async run({ input, stamp, step }) {
    const { memory, cpus, replicas } = input;
    if (replicas !== undefined) return sideways(Number(replicas));
    const wanted = {
      ...(memory !== undefined && { memory: memoryInBytes(memory) }),
      ...(cpus !== undefined && { cpus: Number(cpus) }),
    };
    const seen = await step.inspect(
      async (systems) => {
        // What cannot be scaled is said before anything else.
        const limits = await systems.limits.find(wanted);
        return { ...limits, ...(await findApplication(systems)) };
      },
      { note: ({ note, text }) => `${note}. ${text}` },
    );
    if (seen.same) {
      omitOthers(step, 'It is so already');
      return { scaled: false, limits: seen.note };
    }

    await step.set(({ limits }) => limits.set(stamp, wanted), {
      // Of both lines: the file first, and nothing where nothing was done.
      undo: async ({ limits }) => {
        const { stays } = await limits.goBack(stamp);
        return stays === undefined ? undefined : leave(stays);
      },
      note: ({ changed }) => (changed ? 'They hold from now on' : 'They held already'),
    });
    for (const line of [step.add, step.take]) line.omit('The number of its replicas stays');

    const { file } = await step.persist(({ limits }) => limits.persist(stamp, wanted), {
      note: (done) => `"${done.file}"${done.changed ? '' : ' said so already'}`,
    });

    const proof = await step.prove(({ limits }) => limits.expectSet(wanted), {
      note: ({ note }) => note,
    });

    const { works, good } = await tested(seen.running || seen.restarting === true);

    return {
      scaled: true,
      limits: proof.note,
      file,
      proof: works?.note,
      knownGood: good?.note,
    };

    /** Replicas of what runs: each is proven before users come to it, and none that anybody uses is ended. */
    async function sideways(count: number) {
      const found = await step.inspect(({ replicas: of }) => of.find(count), {
        note: ({ note }) => note,
      });
      if (found.same) {
        omitOthers(step, 'It is so already');
        return { scaled: false, replicas: found.count };
      }
      step.set.omit('Its limits stay');
      const undo = async ({ replicas: of }: Pick<StepSystems, 'replicas'>) => {
        const { stays } = await of.goBack(stamp);
        return stays === undefined ? undefined : leave(stays);
      };
      if (found.add.length === 0) step.add.omit('There are enough');
      else
        await step.add.each(
          found.add,
          (place) => `Replica ${place}`,
          async ({ replicas: of }, place) => {
            await of.start(stamp, place);
            const { note } = await of.expectHealthy(place);
            await of.letThrough(stamp, place);
            return note;
          },
          { undo, note: (notes) => notes.join('; ') },
        );
      if (found.remove.length === 0) step.take.omit('None is too many');
      else
        await step.take.each(
          found.remove,
          (place) => `Replica ${place}`,
          async ({ replicas: of }, place) => {
            const { since } = await of.letThrough(stamp, place - 1);
            const { note } = await of.awaitIdle(place, since);
            await of.remove(stamp, place);
            return note;
          },
          { undo, note: (notes) => notes.join('; ') },
        );
      const { file } = await step.persist(({ replicas: of }) => of.persist(stamp, count), {
        undo,
        note: (done) => `"${done.file}"${done.changed ? '' : ' said so already'}`,
      });
      const proof = await step.prove(
        async ({ replicas: of, proxy }) => {
          const { note } = await of.expectCount(count);
          const served = await proxy.expectServing();
          return { note: `${note}; ${served.note}` };
        },
        { note: ({ note }) => note },
      );
      const { works, good } = await tested(true);
      return {
        scaled: true,
        replicas: count,
        healthy: proof.note,
        file,
        proof: works?.note,
        knownGood: good?.note,
      };
    }

    async function tested(up: boolean) {
      const works = up
        ? await step.test(
            async ({ http, app }) => {
              await http.expectReady();
              return app.prove();
            },
            { note: ({ note }) => note },
          )
        : undefined;
      if (!up) step.test.omit('It does not run');

      const good = up
        ? await step.good(({ runtime }) => runtime.noteKnownGood(), {
            note: (noted) => noted?.note ?? 'Not recorded',
            ifFailed: undefined,
          })
        : undefined;
      if (!up) step.good.omit('It does not run');
      return { works, good };
    }
  },
});
