import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/step.ts';

/**
 * Take a verified backup of the database while the application runs.
 *
 * It counts as a backup only when its manifest is there: a run that fails leaves nothing behind.
 */
export const dailyBackup = defineRunbook({
  name: 'daily-backup',
  title: 'Daily backup',
  family: 'backup',
  severity: 'sev2',
  kind: 'acts',
  expected: '30m',
  lateness: '20h',

  input: z.object({}),

  plan: {
    room: 'Check room on disk',
    snapshot: 'Copy the database',
    verify: 'Verify the copy',
    seal: 'Write the manifest',
  },

  async run({ stamp, step }) {
    await step.room(({ backups }) => backups.expectRoom(), { note: ({ note }) => note });

    const copy = await step.snapshot(({ sqlite }) => sqlite.snapshot(stamp), {
      undo: async ({ backups }) => {
        const { sealed } = await backups.discard(stamp);
        // It is whole and proven, only nobody heard: to delete it would be the greater harm.
        return sealed ? leave(`Backup "${stamp}" was finished all the same, and stays`) : undefined;
      },
      note: ({ bytes, milliseconds }) => `${bytes} bytes in ${milliseconds} ms`,
    });

    const proof = await step.verify(({ backups }) => backups.verify(stamp), {
      note: ({ rows, checks }) => `${rows} rows, passed ${checks.join(', ')}`,
    });

    const backup = await step.seal(({ backups }) => backups.seal(stamp, 'daily', copy, proof), {
      note: ({ id }) => id,
    });

    return { backup: backup.id, takenAt: backup.takenAt, rows: backup.rows, bytes: copy.bytes };
  },
});
