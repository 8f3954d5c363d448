import { dailyFiles } from '../../../config/load/daily-files.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named, proven } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** `cp` of a live database is torn, and ".backup" in batches never ends beside writers: VACUUM INTO is neither. */
export const dailyBackup: Page = {
  parts: (target) => [...copied(target), ...archived(target, dailyFiles(target))],
};

/** A proven copy of the database, while the application runs. */
export function copied(target: Target): Part[] {
  const { copy } = target.backups;
  return [
    named(target),
    {
      say: 'See that there is room for the whole database, and inodes, too',
      type: ['mkdir -p "$backups"', 'df -h "$backups" && df -i "$backups"', 'ls -l "$db"*'],
    },
    {
      say: 'Copy the database as of one moment, while the application runs. It must end without an error',
      type: [
        `(cd "$backups" && umask 077 && sqlite3 -readonly -cmd '.timeout 30000' "$db" "VACUUM INTO 'by-hand-$stamp.db'")`,
      ],
    },
    proven(target, '"$backups/by-hand-$stamp.db"'),
    {
      say: 'Write down what its bytes are, and have the disk keep them',
      type: [
        '(cd "$backups" && umask 077 && sha256sum "by-hand-$stamp.db" > "by-hand-$stamp.db.sha256" && sync)',
      ],
    },
    ...(copy === undefined ? [] : [secondDisk(copy)]),
    {
      say: `Have it adopted when a worker is back, so that it counts as a backup: runbook start adopt-backup -t ${target.name} --help`,
    },
  ];
}

/** Files of the policy, relative to the target's directory. None where it names none. */
export function archived({ directory }: Target, files: readonly string[]): Part[] {
  if (files.length === 0) return [];
  const names = files.map(quoted).join(' ');
  return [
    {
      say: 'Archive the files that belong to it. One that is not there is an error: look why',
      type: [
        `(umask 077; tar -czf "$backups/by-hand-$stamp-files.tar.gz" -C ${quoted(directory)} -- ${names})`,
        'tar -tzf "$backups/by-hand-$stamp-files.tar.gz"',
      ],
    },
  ];
}

function secondDisk(copy: string): Part {
  return {
    say: 'Copy it to the second disk, and compare it there',
    type: [
      `(umask 077; cp "$backups/by-hand-$stamp.db" "$backups/by-hand-$stamp.db.sha256" ${quoted(copy)}/)`,
      `(cd ${quoted(copy)} && sha256sum -c "by-hand-$stamp.db.sha256")`,
    ],
  };
}
