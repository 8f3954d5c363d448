import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** `find -mtime +30 -delete` takes the last good backup when backups have stopped. */
export const pruneBackups: Page = {
  parts: ({ backups, name }) => [
    {
      say: 'See which are there, and how much they take',
      type: [`ls -lt ${quoted(backups.directory)}`, `du -sh ${quoted(backups.directory)}/*`],
    },
    {
      say: `Ask what may go; it needs neither Temporal nor a worker. Without "--plan" it is done. Delete nothing by age alone: at least ${backups.minimum} verified ones have to stay`,
      type: [`runbook backups prune -t ${name} --plan`],
    },
  ],
};
