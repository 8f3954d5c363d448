import type { Page } from '../page.ts';
import { copied } from '../backup/daily-backup.ts';

export const databaseMaintenance: Page = {
  parts: (target) => [
    ...copied(target),
    {
      say: 'See how large it is, and how much of it is free. While the application runs, no VACUUM: it blocks all writers for as long as it takes',
      type: [
        `sqlite3 -readonly "$db" 'SELECT page_count * page_size, freelist_count * page_size FROM pragma_page_count, pragma_page_size, pragma_freelist_count'`,
      ],
    },
    {
      say: 'Inform its planner, and bring the log into the database: both are harmless while it runs. The three numbers: busy, pages in the log, pages brought in',
      type: [
        `sqlite3 -cmd '.timeout 10000' "$db" 'PRAGMA optimize'`,
        `sqlite3 -cmd '.timeout 10000' "$db" 'PRAGMA wal_checkpoint(PASSIVE)'`,
      ],
    },
  ],
};
