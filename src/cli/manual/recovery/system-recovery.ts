import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../parts/quoted.ts';
import { stopped } from '../parts/runtime.ts';

export const systemRecovery: Page = {
  parts: (target) => {
    const { directory, name } = target;
    return [
      named(target),
      ...stopped(target),
      {
        say: 'Unpack the files of the backup into a directory of their own (docs/backups.md, "Without this product"), and compare them. Take over file by file, and never a secret that is newer where it is live',
        type: [
          'backup=<its name>',
          'mkdir "$backups/by-hand-$stamp-files"',
          'zstd -dc "$backups/$backup/configuration.tar.zst" | tar -x -C "$backups/by-hand-$stamp-files"',
          `diff -r "$backups/by-hand-$stamp-files" ${quoted(directory)}`,
        ],
      },
      {
        say: `Then the database, by the page of database-recovery, from the same backup; last all services, and "runbook target ps ${name}"`,
      },
    ];
  },
};
