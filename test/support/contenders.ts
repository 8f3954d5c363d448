import { z } from 'zod';
import { defineRunbook } from '../../src/engine/define-runbook.ts';
import type { RunbookFacts } from '../../src/engine/run/runbook-facts.ts';

/** Three acting steps, each of which is put back: what a run does that wants the same target as many others. */
function contender(
  facts: Pick<RunbookFacts, 'name' | 'title' | 'whenHeld'> & {
    readonly whenIncomplete?: 'recover';
  },
) {
  return defineRunbook({
    ...facts,
    purpose: 'Want the target of others',
    family: 'maintenance',
    severity: 'sev4',
    kind: 'acts',
    expected: '10m',
    input: z.object({}),
    plan: { clear: 'Clear cache', clean: 'Remove what was staged', start: 'Start application' },
    async run({ stamp, step }) {
      await step.clear(({ redis }) => redis.clearPrefix(), {
        undo: ({ redis }) => redis.clearPrefix(),
      });
      await step.clean(({ database }) => database.unstage(stamp), {
        undo: ({ database }) => database.unstage(stamp),
      });
      await step.start(({ runtime }) => runtime.start());
    },
  });
}

/** One for each way in which a runbook may behave towards a held target, and towards one that was left incomplete. */
export const patient = contender({ name: 'patient', title: 'Patient' });
export const modest = contender({
  name: 'modest',
  title: 'Modest',
  whenHeld: 'skip',
});
export const pushing = contender({
  name: 'pushing',
  title: 'Pushing',
  whenHeld: 'preempt',
});
export const rescuing = contender({
  name: 'rescuing',
  title: 'Rescuing',
  whenIncomplete: 'recover',
});
export const urgent = contender({
  name: 'urgent',
  title: 'Urgent',
  whenIncomplete: 'recover',
  whenHeld: 'preempt',
});
