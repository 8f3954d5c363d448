import { z } from 'zod';
import { MemorySize, memoryInBytes } from '../../config/schema/values/quantities.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { omitOthers } from '../../engine/steps/omit-others.ts';
import { leave } from '../../engine/steps/step.ts';
import { findApplication } from '../parts/find-application.ts';

const Cpus = z
  .string('Expected a number, such as "2" or "0.5"')
  .regex(/^(?=.*[1-9])\d{1,4}(\.\d{1,2})?$/, 'Expected a number, such as "2" or "0.5"');

/**
 * More memory or processors for a container or a unit of systemd, or less, without a restart. They are written where its next start reads them,
 * too: into its Compose files, or as systemd keeps them. More of it would write into one SQLite database: refused.
 */
export const scaleApplication = defineRunbook({
  name: 'scale-application',
  title: 'Scaling of the application',
  purpose:
    'Give the application more memory or processors, or less, while it runs and for every start to come',
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
        .regex(/^[1-9]\d{0,3}$/, 'Expected a number, such as "1"')
        .optional()
        .describe('How many of it: 1, as long as its database is SQLite'),
    })
    .refine((input) => Object.values(input).some((value) => value !== undefined), {
      error: 'Expected --memory, --cpus or both',
      path: ['memory'],
    }),

  plan: {
    inspect: 'Inspect its limits, what it uses and what its machine has',
    set: 'Set its limits while it runs',
    persist: 'Write them where its next start reads them',
    prove: 'Prove them, live and by what its next start reads',
    test: 'Test functionality',
    good: 'Record what is known to be good',
  },

  async run({ input, stamp, step }) {
    const { memory, cpus, replicas = '1' } = input;
    const wanted = {
      ...(memory !== undefined && { memory: memoryInBytes(memory) }),
      ...(cpus !== undefined && { cpus: Number(cpus) }),
    };
    const seen = await step.inspect(
      async (systems) => {
        // What cannot be scaled is said before anything else.
        const limits = await systems.limits.find(wanted, Number(replicas));
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

    const { file } = await step.persist(({ limits }) => limits.persist(stamp, wanted), {
      note: (done) => `"${done.file}"${done.changed ? '' : ' said so already'}`,
    });

    const proof = await step.prove(({ limits }) => limits.expectSet(wanted), {
      note: ({ note }) => note,
    });

    const up = seen.running || seen.restarting === true;
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

    return {
      scaled: true,
      limits: proof.note,
      file,
      proof: works?.note,
      knownGood: good?.note,
    };
  },
});
