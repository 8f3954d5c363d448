import type { Page } from '../page.ts';
import { copied } from '../backup/daily-backup.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const maintenanceWindow: Page = {
  parts: (target) => {
    const { maintenance, directory } = target;
    const { dependencies } = maintenance ?? {};
    return [
      ...copied(target),
      ...stopped(target),
      ...(dependencies
        ? [
            {
              say: 'Write down what is installed, which is the way back, and update it',
              type: [
                `cd ${quoted(directory)} && (umask 077; ${dependencies.list.map(quoted).join(' ')} > "$backups/by-hand-$stamp-dependencies.txt") && test -s "$backups/by-hand-$stamp-dependencies.txt" && ${dependencies.update.map(quoted).join(' ')}`,
              ],
            },
          ]
        : []),
      {
        say: 'Make the database compact, only while nobody has it open, and prove it before it takes the place of the old one. When in doubt, leave it: it costs only disk',
      },
      ...started(target),
      answers(target),
    ];
  },
};
