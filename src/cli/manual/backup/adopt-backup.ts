import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named, proven } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';

export const adoptBackup: Page = {
  parts: (target) => [
    ...fromArchive(target),
    named(target),
    {
      say: 'Name the copy that somebody took; unpack one that ends in .gz first, by gunzip -k',
      type: [`copy=${quoted(`${target.backups.directory}/<the copy>`)}`],
    },
    proven(target, '"$copy"'),
    {
      say: 'It becomes a backup only by its manifest, which no command writes: until a worker is back, note its name and sha256',
      type: ['sha256sum "$copy"'],
    },
  ],
};

/** A moment of the archive, which a server of its own makes readable. */
function fromArchive({ database }: Target): Part[] {
  if (database.kind !== 'postgres' || !database.archive) return [];
  const { stanza, command, scratch } = database.archive;
  const program = command.map(quoted).join(' ');
  return [
    {
      say: 'Of a moment in its archive: restore the cluster beside the live one, as the user of PostgreSQL, start a server on it with a socket of its own, wait until it has recovered, and dump the database. The time is an example',
      type: [
        `${program} --stanza=${quoted(stanza)} info`,
        `at='2026-01-05 13:59:59+00' && data=$(mktemp -d ${quoted(scratch)}/archive-XXXXXX)`,
        `${program} --stanza=${quoted(stanza)} --pg1-path="\${data:?}" --type=time --target="\${at:?}" --target-action=promote --archive-mode=off restore`,
      ],
    },
  ];
}
