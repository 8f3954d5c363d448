import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { together } from '../parts/demanded.ts';

export const databaseIssue: Page = {
  parts: (target) => [
    named(target),
    {
      say: 'Look who has it open, and who locks it: WRITE on byte 120 of the -shm file is the writer',
      type: [
        'fuser -v "$db" "$db-wal" "$db-shm" || echo "nobody"',
        'grep ":$(stat -c %i "$db") \\|:$(stat -c %i "$db-shm" 2>/dev/null || echo none) " /proc/locks || echo "no locks"',
      ],
    },
    {
      say: 'Check it. Only "ok" is sound; an exit code of 0 says nothing',
      type: [`sqlite3 -readonly -cmd '.timeout 10000' "$db" 'PRAGMA quick_check'`],
    },
    {
      say: 'Is it damaged: keep all of it as evidence, with its log and its journal, and take the page of database-recovery. Is it locked: the page of database-locked',
      type: [
        'ls -l "$db" && df -h "$backups"',
        ...together(
          [
            'mkdir "$backups/evidence-$stamp"',
            'for suffix in "" -wal -shm -journal; do if test -e "$db$suffix"; then cp -p "$db$suffix" "$backups/evidence-$stamp"/; fi; done',
            'cd "$backups/evidence-$stamp"',
            'sha256sum -- * > SHA256SUMS',
            'sync',
          ],
          'kept',
        ),
      ],
    },
  ],
};
