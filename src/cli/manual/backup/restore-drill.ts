import type { Page } from '../page.ts';
import { named, proven } from '../parts/database.ts';
import { staged } from '../recovery/database-recovery.ts';

export const restoreDrill: Page = {
  parts: (target) => [
    named(target),
    ...staged(target, '"${drill:?}/restored.db"', ['drill=$(mktemp -d)', 'df -h "$drill"']),
    proven(target, '"$drill/restored.db"'),
    {
      say: 'Start a second application on that copy, on another port and without its cache, and look at a page. Note how long all took',
    },
    { say: 'Remove the copy', type: ['rm -r "$drill"'] },
  ],
};
