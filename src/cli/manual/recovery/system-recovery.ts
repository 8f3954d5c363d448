import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { together } from '../parts/demanded.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { stopped } from '../parts/runtime.ts';
import { chosen, unpacked } from './database-recovery.ts';

/** `diff -r` of two directories prints what differs in them: a password, too, on a terminal that others see. */
export const systemRecovery: Page = {
  parts: (target) => {
    const { directory, name, backups } = target;
    return [
      named(target),
      chosen(),
      {
        say: 'Unpack the files of the backup into a directory of their own. Those of a weekly one are in data, beside configuration',
        type: together(
          [
            'files="$backups/by-hand-$stamp-files"',
            'mkdir "$files"',
            `${unpacked(backups, 'configuration.tar')} > "$files/configuration.tar"`,
            'mkdir "$files/configuration"',
            'tar -xf "$files/configuration.tar" -C "$files/configuration"',
          ],
          'unpacked',
        ),
      },
      {
        say: 'See the names of those that differ, or are not there: this prints no line of them. Look into one by "diff" where nobody else looks on: there are secrets in them',
        type: [
          `(cd "$backups/by-hand-$stamp-files/configuration" && find . -type f -exec sh -c 'cmp -s "$2" "$1/$2" || printf "%s\\n" "$2"' sh ${quoted(directory)} {} \\;)`,
        ],
      },
      ...stopped(target),
      {
        say: 'Take over file by file, and never a secret that is newer where it is live. Put each live one aside before, by "mv -n"',
      },
      {
        say: `Then the database, by the page of database-recovery, from the same backup; last all services, and "runbook target ps ${name}"`,
      },
    ];
  },
};
