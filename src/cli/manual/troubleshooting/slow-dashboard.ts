import type { Page } from '../page.ts';
import { slowLooks } from './slow-performance.ts';

/** `EXPLAIN QUERY PLAN ... LIMIT 1` of the whole table always says SCAN, and proves nothing. */
export const slowDashboard: Page = {
  parts: (target) => [
    ...slowLooks(target),
    {
      say: 'Have SQLite propose an index for the query that is slow, with its own WHERE. It changes nothing',
      type: [
        'query="SELECT <columns> FROM <table> WHERE <condition>"',
        `printf '.expert\\n%s;\\n' "$query" | sqlite3 -readonly "$db"`,
      ],
    },
    {
      say: 'Prove it on a copy, with ".timer on" before and after. Only then create it live, while few write',
      type: [
        'trial=$(mktemp -d) && df -h "$trial"',
        `(cd "\${trial:?}" && umask 077 && sqlite3 -readonly "$db" "VACUUM INTO 'copy.db'" && pwd)`,
      ],
    },
    { say: 'Remove the copy', type: ['rm -r "${trial:?}"'] },
  ],
};
