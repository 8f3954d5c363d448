import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { passedText } from '../../config/unproven.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';
import { sendOffsite } from './send-offsite.ts';

/** It counts as a backup only when its manifest is there: a run that fails leaves nothing behind. */
export const weeklyBackup = defineRunbook({
  name: 'weekly-backup',
  title: 'Weekly backup',
  purpose:
    'Take a verified backup of the full application while it runs: a copy of its database, and its files and logs',
  family: 'backup',
  governed: false,
  severity: 'sev2',
  kind: 'acts',
  expected: '1h',
  lateness: '3d',

  input: z.object({}),

  plan: {
    space: 'Check disk space',
    snapshot: 'Copy the database',
    store: 'Compress and encrypt the copy',
    verify: 'Verify what is stored',
    files: 'Archive files and logs, and verify the archive',
    whole: 'Find what the policy names and is not there',
    copy: 'Copy the backup to the second disk',
    seal: 'Write the manifest',
    offsite: 'Begin to copy the backup off-site',
  },

  async run({ stamp, step }) {
    const policy = await step.space(({ backups }) => backups.expectSpace('weekly', stamp), {
      note: ({ note }) => note,
    });

    await step.snapshot(({ backups }) => backups.snapshot(stamp), {
      undo: async ({ backups }) => {
        const { sealed, copy } = await backups.discard(stamp);
        // It is whole and proven, only nobody heard: to delete it would be the greater harm.
        if (sealed) return leave(`Backup "${stamp}" was finished all the same, and stays`);
        return copy && leave(`Backup "${stamp}" was finished on the second disk only: "${copy}"`);
      },
      note: ({ bytes, milliseconds, unseen }) =>
        `${sizeText(bytes)} in ${milliseconds} ms${unseen === undefined ? '' : `. Not known: ${unseen}`}`,
    });

    await step.store(({ backups }) => backups.store(stamp), {
      note: ({ bytes, format }) => `${sizeText(bytes)}, ${format}`,
    });

    const proof = await step.verify(({ backups }) => backups.verify(stamp), {
      note: ({ rows, fullCheckAt, ...proof }) =>
        `${countText(rows, 'row')}, ${passedText(proof)}; integrity_check last ran ${fullCheckAt ?? 'never'}`,
    });

    const archived = await step.files(({ backups }) => backups.archive('weekly', stamp), {
      note: ({ files, bytes }) => `${countText(files, 'file')}, ${sizeText(bytes)}`,
    });
    await step.whole(({ backups }) => backups.expectFiles('weekly', stamp), {
      ifFailed: undefined,
    });

    if (policy.copy !== undefined)
      await step.copy(({ backups }) => backups.copy(stamp, 'weekly', proof), {
        note: (made) => made!.directory,
        ifFailed: undefined,
      });
    else step.copy.omit('The policy names no second disk');

    const backup = await step.seal(({ backups }) => backups.seal(stamp, 'weekly', proof), {
      note: ({ id }) => id,
    });

    // It is whole and proven: nothing that comes now takes it back.
    step.snapshot.dropUndo();

    if (policy.offsite === undefined) step.offsite.omit('The policy names no bucket');
    else
      // A line to other premises is slow: whoever needs the target must not wait for it.
      await step.offsite(({ beginRunbook }) => beginRunbook(sendOffsite, {}), {
        note: (begun) => begun ?? 'Not begun',
        ifFailed: undefined,
      });

    const { takenAt, rows, bytes } = backup;
    return { backup: backup.id, takenAt, rows, bytes, files: archived.files };
  },
});
