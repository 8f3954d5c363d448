import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';

/**
 * A procedure that nobody has read or tried for long is one that fails at night. Whoever owns it is reminded, once a run; what the report says is what
 * the target's file and the records of runs say.
 */
export const procedureReview = defineRunbook({
  name: 'procedure-review',
  title: 'Review of the procedures',
  purpose:
    'Find which procedures nobody has reviewed or practised for too long, and remind their owners',
  family: 'maintenance',
  severity: 'sev4',
  kind: 'reads',
  expected: '5m',
  lateness: '7d',

  input: z.object({}),

  plan: {
    find: 'Find when each procedure was reviewed and practised',
    remind: 'Remind the owners of what is overdue',
  },

  async run({ step }) {
    const { policy, overdue } = await step.find(({ procedures }) => procedures.find(), {
      note: (found) => {
        if (!found.policy) return 'Not applicable: the target has no "procedures"';
        const { nextReview = 'never reviewed', practised } = found.policy;
        const runs = Object.entries(practised).map(([name, last]) => `${name} ${last}`);
        return [`next review ${nextReview}`, ...runs].join('; ');
      },
    });
    const owners = [...new Set(overdue.map(({ owner }) => owner))];
    if (owners.length === 0) step.remind.omit(policy ? 'Nothing is overdue' : 'There is no policy');
    else {
      const ends = await step.remind.eachByItself(
        owners,
        (owner) => owner,
        ({ procedures }, owner) => procedures.remind(owner, new Date().toISOString()),
      );
      const unheard = ends.flatMap(({ failure }) => failure ?? []);
      if (unheard.length > 0) throw failed('PagesLost', unheard.join('; '));
    }
    return {
      ...policy,
      overdue: overdue.map(({ owner, text }) => `${text} (${owner})`),
    };
  },
});
