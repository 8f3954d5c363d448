import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { slowLooks } from '../troubleshooting/slow-performance.ts';

/** By hand there is only this moment: how it was before, nobody has written down. */
export const performanceReport: Page = {
  parts: (target) => [
    ...slowLooks(target),
    {
      say: 'Time one small query on the database',
      type: ['time sqlite3 -readonly "$db" "select count(*) from sqlite_schema"'],
    },
    ...target.logs.map(({ file }) => ({
      say: `Count the errors of today in ${file}, by their stamp`,
      type: [
        `grep "$(date -u +%Y-%m-%d)" ${quoted(resolve(target.directory, file))} | grep -c ERROR || true`,
      ],
    })),
  ],
};
