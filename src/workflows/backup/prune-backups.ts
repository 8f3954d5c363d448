import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';

/**
 * What stays is chosen first: the newest verified ones, what is pinned, and what the target keeps for its class. A plan of
 * it, or "runbook backups prune --plan", shows what would go.
 */
export const pruneBackups = defineRunbook({
  name: 'prune-backups',
  title: 'Prune backups',
  purpose:
    'Delete the backups that nothing keeps any more, and the raw files of databases that were put aside',
  family: 'backup',
  governed: false,
  severity: 'sev4',
  kind: 'acts',
  expected: '15m',
  lateness: '1d',

  input: z.object({}),

  plan: {
    judge: 'Judge which backups stay',
    prune: 'Delete the others',
  },

  async run({ step }) {
    // One moment for the whole run: a retry hours later judges as the first attempt did.
    const now = new Date().toISOString();

    const judged = await step.judge(({ backups }) => backups.planPrune(now), {
      note: (places) =>
        places
          .map(({ keep, remove, raw, server }, index) => {
            const where = server
              ? 'on the server '
              : raw
                ? 'of raw files '
                : index > 0
                  ? 'on the second disk '
                  : '';
            return `${where}${keep.length} stay, ${remove.length} go`;
          })
          .join('; '),
    });

    const { places } = await step.prune(({ backups }) => backups.prune(now), {
      undo: async ({ backups }) => {
        const { deleted } = await backups.finishPrune(judged);
        return deleted.length > 0
          ? leave(`Deleted all the same: backups ${deleted.join(', ')}`)
          : undefined;
      },
      note: ({ note }) => note,
    });

    return { places };
  },
});
