import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { passedText } from '../../config/unproven.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';

/** The file stays where it is, and so does an archive of which a moment is taken. What is damaged, cut short or of another application is refused, and nothing is left behind. */
export const adoptBackup = defineRunbook({
  name: 'adopt-backup',
  title: 'Adopt a backup',
  purpose:
    'Make a verified backup of a copy that somebody took without us, or of a moment in the archive of PostgreSQL',
  family: 'backup',
  governed: false,
  severity: 'sev4',
  kind: 'acts',
  refuses: ['BackupDamaged', 'BackupUnreadable'],
  expected: '30m',

  input: z.object({
    file: z
      .string()
      .min(1)
      .describe(
        'Such as health_analytics_20260105_020000.db or analytics_hub_20260105.db.gz; of PostgreSQL a moment of its archive, pgbackrest:2026-01-05T13:59:59Z',
      ),
  }),

  plan: {
    recognise: 'Recognise the file',
    copy: 'Copy what is in it, and check it in full',
    store: 'Store the copy',
    verify: 'Verify what is stored',
    second: 'Copy the backup to the second disk',
    seal: 'Write the manifest',
  },

  async run({ input, stamp, step }) {
    const unmanaged = await step.recognise(({ backups }) => backups.recognise(input.file), {
      note: ({ class: kind, takenAt, adopted }) =>
        adopted === undefined ? `${kind}, taken ${takenAt}` : `It is backup ${adopted} already`,
    });
    const { file, takenAt, class: kind } = unmanaged;
    // A worker of an older version does not say it.
    const deletion =
      unmanaged.keptUntil === undefined ? [] : [deletionOf(kind, unmanaged.keptUntil)];
    if (unmanaged.adopted !== undefined) {
      for (const line of [step.copy, step.store, step.verify, step.second, step.seal])
        line.omit('It is adopted already');
      return { file, backup: unmanaged.adopted, takenAt, changed: false };
    }

    await step.copy(({ backups }) => backups.adopt(stamp, unmanaged), {
      undo: async ({ backups }) => {
        const { sealed, copy: second } = await backups.discard(stamp);
        if (sealed) return leave(`Backup "${stamp}" was finished all the same, and stays`);
        return (
          second && leave(`Backup "${stamp}" was finished on the second disk only: "${second}"`)
        );
      },
      note: ({ bytes, milliseconds }) => `${sizeText(bytes)} in ${milliseconds} ms`,
    });

    await step.store(({ backups }) => backups.store(stamp), {
      note: ({ bytes, format }) => `${sizeText(bytes)}, ${format}`,
    });

    const proof = await step.verify(({ backups }) => backups.verify(stamp, 'file'), {
      note: ({ rows, ...proof }) => `${countText(rows, 'row')}, ${passedText(proof)}`,
    });

    if (unmanaged.secondDisk === undefined) step.second.omit('The policy names no second disk');
    else
      await step.second(({ backups }) => backups.copy(stamp, kind, proof), {
        note: (made) => made!.directory,
        ifFailed: undefined,
      });

    const backup = await step.seal(({ backups }) => backups.seal(stamp, kind, proof), {
      note: ({ id }) => [id, ...deletion].join('. '),
    });

    return {
      file,
      backup: backup.id,
      takenAt,
      rows: backup.rows,
      changed: true,
      class: kind,
      keptUntil: unmanaged.keptUntil,
    };
  },
});

/** The class says how long: an old copy may go with the next prune, and whoever adopts it wants to know. */
function deletionOf(kind: string, until: string): string {
  const now = until <= new Date().toISOString();
  return `Retention deletes it as "${kind}" ${now ? 'with the next prune' : `after ${until}`}, unless it is pinned or one of the newest`;
}
