import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';
import { findApplication } from '../parts/find-application.ts';
import { startAsBefore, startUntilReady, upText } from '../parts/start-until-ready.ts';

/**
 * Where who takes the secret can take two, nobody is refused at any moment: it takes the new one before the application is restarted on it,
 * and the old one until that is proven. If a step fails, the old one comes back.
 */
export const rotateSecrets = defineRunbook({
  name: 'rotate-secrets',
  title: 'Rotation of a secret',
  purpose:
    'Replace a secret of the application by a new one, and prove by logins that the new one is taken and the old one is over',
  family: 'security',
  severity: 'sev2',
  kind: 'acts',
  expected: '10m',
  refuses: ['Contained', 'SecretUnclear', 'SecretUnproven'],
  downtime: { from: 'stop', until: 'start' },

  input: z.object({
    secret: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'Expected a name of "secrets" of the target')
      .describe('Which one: a name of "secrets" of the target'),
  }),

  plan: {
    find: 'Find the secret, and prove that it is the one in use',
    inspect: 'Check whether the application runs',
    generate: 'Make a new one',
    admit: 'Have both taken',
    stop: 'Stop application',
    write: 'Write the new one where the application finds it',
    start: 'Start application',
    accepted: 'Prove that the new one is taken',
    test: 'Test functionality',
    dismiss: 'Have the old one refused',
    refused: 'Prove that the old one is refused',
    destroy: 'Destroy what was kept of both',
    notify: 'Notify who has to know, without the secret',
  },

  async run({ input, stamp, step, by, mention }) {
    const { secret } = input;
    let proven = false;
    const found = await step.find(({ secrets }) => secrets.find(secret), {
      note: ({ note }) => note,
    });
    const seen = await step.inspect(findApplication, { note: ({ text }) => text });

    await step.generate(({ secrets }) => secrets.generate(stamp, secret), {
      approve: `It replaces ${secret}: ${found.note}. Who else uses it is refused from then on`,
      undo: async ({ secrets }) => {
        const { stays } = await secrets.forget(stamp);
        return stays || proven ? leave(`The new ${secret} stays: it was proven`) : undefined;
      },
    });

    if (found.overlaps)
      await step.admit(({ secrets }) => secrets.admit(stamp), { note: () => found.holder });
    else step.admit.omit('Who takes it takes one at a time');

    const { begunAt } = await step.stop(({ runtime }) => runtime.stop(), {
      undo: (systems) => startAsBefore(systems, seen),
      note: ({ changed }) => (changed ? 'It ran' : 'It was down'),
    });

    await step.write(({ secrets }) => secrets.write(stamp), {
      undo: async ({ runtime, secrets }) => {
        await runtime.stop();
        return secrets.putBack(stamp);
      },
      note: () => found.where,
    });

    const up = seen.running
      ? await step.start((systems) => startUntilReady(systems), { note: upText })
      : undefined;
    if (!up) step.start.omit('It was down, and stays so');

    await step.accepted(({ secrets }) => secrets.expectAccepted(stamp), {
      note: ({ note }) => note,
    });

    const works = up && !up.contained;
    const proof = works
      ? await step.test(({ app }) => app.prove(), { note: ({ note }) => note })
      : undefined;
    if (!works) step.test.omit('It does not run');

    await step.dismiss(({ secrets }) => secrets.dismiss(stamp));

    const refused = await step.refused(({ secrets }) => secrets.expectRefused(stamp), {
      note: ({ note }) => note,
    });

    // The old one is over: what comes now can only destroy what was kept.
    proven = true;
    step.stop.dropUndo();
    step.write.dropUndo();
    const at = new Date().toISOString();
    await step.destroy(({ secrets }) => secrets.finish(stamp, secret, at));

    await step.notify(() =>
      mention(`${by} has replaced ${secret} (${found.where}). ${refused.note}`),
    );

    return {
      secret,
      where: found.where,
      takenBy: found.holder,
      overlapped: found.overlaps,
      rotatedAt: at,
      proof: proof?.note,
      downtimeMilliseconds: up ? Date.parse(up.readyAt) - Date.parse(begunAt) : undefined,
    };
  },
});
