import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';

/** `fuser -k` ends everybody who has it open, a backup that runs, too. */
export const databaseLocked: Page = {
  parts: (target) => [
    named(target),
    {
      say: 'Find who keeps others from writing: WRITE on byte 120 of the -shm file, or on byte 1073741825 of the database itself. The fifth field is its process',
      type: [
        'grep ":$(stat -c %i "$db-shm" 2>/dev/null || echo none) .* 120 120$" /proc/locks || echo "nobody by the log"',
        'grep "WRITE .*:$(stat -c %i "$db") " /proc/locks || echo "nobody by the file"',
      ],
    },
    {
      say: `Look at that process. Wait ${target.database.locks.wait}: most locks end by themselves. Never end a backup, nor everybody who has it open`,
      type: ['pid=<that process>', 'ps -o pid,ppid,user,lstart,args -p "$pid"'],
    },
    {
      say: `End it politely, and give it ${target.database.locks.grace}; the application itself by its own page. Only one that has the database open is told`,
      // A number that was mistyped belongs to somebody else.
      type: [
        'for one in $(fuser "$db" "$db-shm" 2>/dev/null); do if test "$one" = "${pid-}"; then kill -TERM "$one" && echo "told $one"; fi; done',
      ],
    },
    {
      say: 'See that a write goes through again',
      type: [`sqlite3 -cmd '.timeout 5000' "$db" 'BEGIN IMMEDIATE; ROLLBACK' && echo free`],
    },
  ],
};
