import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { passedText } from '../../config/unproven.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';
import { sendOffsite } from './send-offsite.ts';

/** It counts as a backup only when its manifest is there: a run that fails leaves nothing behind. */
export const dailyBackup = defineRunbook({
  name: 'daily-backup',
  title: 'Daily backup',
  purpose:
    'Take a verified backup of the database and its configuration while the application runs',
  family: 'backup',
  governed: false,
  severity: 'sev2',
  kind: 'acts',
  expected: '30m',
  lateness: '20h',

  input: z.object({
    class: z
      .enum(['daily', 'maintenance', 'emergency'])
      .default('daily')
      .describe('Why it is taken: each class is kept for its own time'),
  }),

  plan: {
    space: 'Check disk space',
    snapshot: 'Copy the database',
    store: 'Compress and encrypt the copy',
    verify: 'Verify what is stored',
    files: 'Archive configuration, and data on the weekly day',
    copy: 'Copy the backup to the second disk',
    seal: 'Write the manifest',
    offsite: 'Begin to copy the backup off-site',
    prune: 'Remove backups that nothing keeps any more',
  },

  async run({ input, stamp, step }) {
    const policy = await step.space(({ backups }) => backups.expectSpace('daily', stamp), {
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

    const stored = await step.store(({ backups }) => backups.store(stamp), {
      note: ({ bytes, format }) => `${sizeText(bytes)}, ${format}`,
    });

    const proof = await step.verify(({ backups }) => backups.verify(stamp), {
      note: ({ rows, fullCheckAt, ...proof }) =>
        `${countText(rows, 'row')}, ${passedText(proof)}; integrity_check last ran ${fullCheckAt ?? 'never'}`,
    });

    // A backup of the database without a file beside it is better than none: it is reported.
    if (policy.files)
      await step.files(
        async ({ backups }) => {
          const archived = await backups.archive('daily', stamp);
          await backups.expectFiles('daily', stamp);
          return archived;
        },
        {
          note: (made) => `${countText(made!.files, 'file')}, ${sizeText(made!.bytes)}`,
          ifFailed: undefined,
        },
      );
    else step.files.omit('The policy names no files for today');

    if (policy.copy !== undefined)
      await step.copy(({ backups }) => backups.copy(stamp, input.class, proof), {
        note: (made) => made!.directory,
        ifFailed: undefined,
      });
    else step.copy.omit('The policy names no second disk');

    const backup = await step.seal(({ backups }) => backups.seal(stamp, input.class, proof), {
      note: ({ id }) => id,
    });

    // It is whole and proven: nothing that comes now takes it back.
    step.snapshot.dropUndo();

    if (policy.offsite === undefined) step.offsite.omit('The policy names no bucket');
    // What this one does not send, the next daily backup does: the window is short.
    else if (input.class === 'maintenance') step.offsite.omit('The next daily backup sends it');
    else
      // A line to other premises is slow: whoever needs the target must not wait for it.
      await step.offsite(({ beginRunbook }) => beginRunbook(sendOffsite, {}), {
        note: (begun) => begun ?? 'Not begun',
        ifFailed: undefined,
      });

    const now = new Date().toISOString();
    await step.prune(({ backups }) => backups.prune(now, stamp), {
      note: (done) => done?.note ?? 'Not done',
      ifFailed: undefined,
    });

    const { takenAt, rows, bytes } = backup;
    return { backup: backup.id, takenAt, rows, bytes, stored: stored.bytes };
  },
});
