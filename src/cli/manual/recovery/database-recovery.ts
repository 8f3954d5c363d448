import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named, proven, putAside, unopened } from '../parts/database.ts';
import { quoted } from '../parts/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers, cleared } from '../parts/service.ts';

/** The copy is proven before anything is stopped, and nothing of the old database stays beside the new one. */
export const databaseRecovery: Page = {
  parts: (target) => [
    named(target),
    ...staged(target, '"$db.staged-$stamp"', ['df -h "$(dirname "$db")"']),
    proven(target, '"$db.staged-$stamp"'),
    ...stopped(target),
    unopened(),
    putAside(),
    {
      say: 'Give the copy the owner of the old one, the mode of the policy, and its name',
      type: [
        `if test -e "$db.by-hand-$stamp"; then chown --reference="$db.by-hand-$stamp" "$db.staged-$stamp"; fi`,
        `chmod ${target.database.mode} "$db.staged-$stamp"`,
        'sync',
        'mv -n "$db.staged-$stamp" "$db"',
        'sync',
        'ls -l "$db"*',
      ],
    },
    ...cleared(target),
    ...started(target),
    answers(target),
    {
      say: 'To go back: stop, put aside what is live, and move "$db.by-hand-$stamp" with its -wal and -journal back under the old names',
    },
  ],
};

/** The newest backup of ours as a plain database file, by common tools. */
export function staged(
  { backups, database }: Target,
  to: string,
  first: readonly string[],
): Part[] {
  const name = database.file.split('/').at(-1)!;
  const key = backups.encryption?.key.replace(/^file:/, '');
  const suffix = `${backups.compression === 'zstd' ? '.zst' : ''}${key === undefined ? '' : '.age'}`;
  const stored = `"$backups/$backup"/${quoted(`${name}${suffix}`)}`;
  const open = [
    ...(key === undefined ? [] : [`age -d -i ${quoted(key)}`]),
    ...(backups.compression === 'zstd' ? ['zstd -dc'] : []),
  ];
  const [opener = 'cat', ...more] = open;
  return [
    {
      say: 'Choose a backup: the newest, or write another one of the list behind "backup="',
      type: [
        'ls "$backups"',
        `backup=$(cd "$backups" && ls -d [0-9]*_[0-9]*/manifest.json | sort | tail -n 1 | cut -d/ -f1)`,
        'echo "${backup:?there is none}"',
      ],
    },
    {
      say: 'Copy it beside the live database, which stays as it is, and compare it with its manifest: a line is to be printed',
      type: [
        ...first,
        `${[`${opener} ${stored}`, ...more].join(' | ')} > ${to}`,
        `grep -F "$(sha256sum < ${to} | cut -d' ' -f1)" "$backups/$backup/manifest.json"`,
      ],
    },
  ];
}
