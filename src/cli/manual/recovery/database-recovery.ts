import { databaseFiles } from '../../../config/load/database-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named, proven, putAside, THERE, unopened } from '../parts/database.ts';
import { demanded, together } from '../parts/demanded.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers, cleared } from '../parts/service.ts';

/** What has not been proven takes no place. */
const STAGED = [
  demanded('test -s "$db.staged-$stamp"', 'there is no copy'),
  demanded('test "${check-}" = ok', 'the copy is not sound, or was not proven'),
];

/** The copy is proven before anything is stopped, and nothing of the old database stays beside the new one. */
export const databaseRecovery: Page = {
  parts: (target) => [
    named(target),
    ...staged(target, '"$db.staged-$stamp"', ['df -h "$(dirname "$db")"']),
    proven(target, '"$db.staged-$stamp"'),
    ...stopped(target),
    unopened(),
    putAside(STAGED),
    {
      say: 'Give the copy the owner of the old one, the mode of the policy, and its name. Go on only when it says "restored"; else move what was put aside back under the old names',
      type: together(
        [
          ...STAGED,
          demanded('test ! -e "$db"', 'the current database was not put aside'),
          `if test -e "$db.by-hand-$stamp"; then chown --reference="$db.by-hand-$stamp" "$db.staged-$stamp"; fi`,
          `chmod ${'mode' in target.database ? target.database.mode : ''} "$db.staged-$stamp"`,
          'sync',
          'mv -n "$db.staged-$stamp" "$db"',
          'sync',
          'ls -l "$db"*',
          THERE,
        ],
        'restored',
      ),
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
  const name = (databaseFiles(database)[0] ?? '').split('/').at(-1)!;
  return [
    chosen(),
    {
      say: 'Copy it beside the live database, which stays as it is, and compare it with its manifest: a line is to be printed',
      type: [
        ...first,
        // What an attempt before this one has left is no proof of this copy.
        'check=',
        `(umask 077; ${unpacked(backups, name)} > ${to})`,
        demanded(
          `grep -F "$(sha256sum < ${to} | cut -d' ' -f1)" "$backups/$backup/manifest.json"`,
          'these are not the bytes of its manifest',
        ),
      ],
    },
  ];
}

export function chosen(): Part {
  return {
    say: 'Choose a backup: the newest, or write another one of the list behind "backup="',
    type: [
      'ls "$backups"',
      `backup=$(cd "$backups" && ls -d [0-9]*_[0-9]*/manifest.json | sort | tail -n 1 | cut -d/ -f1)`,
      'echo "${backup:?there is none}"',
    ],
  };
}

/** A command that writes what a file of the chosen backup holds to its output, without encryption and compression. */
export function unpacked({ encryption, compression }: Target['backups'], name: string): string {
  const key = encryption?.key.replace(/^file:/, '');
  const suffix = `${compression === 'zstd' ? '.zst' : ''}${key === undefined ? '' : '.age'}`;
  const stored = `"$backups/\${backup:?}"/${quoted(`${name}${suffix}`)}`;
  const [opener = 'cat', ...more] = [
    ...(key === undefined ? [] : [`age -d -i ${quoted(key)}`]),
    ...(compression === 'zstd' ? ['zstd -dc'] : []),
  ];
  return [`${opener} ${stored}`, ...more].join(' | ');
}
