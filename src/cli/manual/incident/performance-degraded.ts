import type { Page } from '../page.ts';
import { slowLooks } from '../troubleshooting/slow-performance.ts';
import { cleared } from '../parts/service.ts';

export const performanceDegraded: Page = {
  parts: (target) => [
    ...slowLooks(target),
    ...cleared(target),
    {
      say: 'Inform the planner of the database, which is harmless while the application runs',
      type: [`sqlite3 -cmd '.timeout 10000' "$db" 'PRAGMA optimize'`],
    },
    { say: 'Measure again, the same way. What did not help is no reason for the next remedy' },
  ],
};
