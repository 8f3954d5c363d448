import { z } from 'zod';
import { BackupReference } from '../../config/backup-id.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/step.ts';
import { bringUp } from '../bring-up.ts';
import { placesFiles } from '../put-files-back.ts';

/**
 * Replace the live database with a chosen backup.
 *
 * The application is down between steps 4 and 9 only. If a step fails, the database that was live is put
 * back and the application runs on it, unless that database was damaged: then the proven copy stays.
 */
export const databaseRecovery = defineRunbook({
  name: 'database-recovery',
  title: 'Database recovery',
  family: 'recovery',
  severity: 'sev1',
  kind: 'acts',
  expected: '15m',
  whenHeld: 'preempt',
  downtime: { from: 'stop', until: 'start' },

  input: z.object({
    backup: BackupReference.describe('Backup to restore: an id, "latest", or "before <time>"'),
  }),

  plan: {
    find: 'Find the backup',
    examine: 'Examine the live database',
    stage: 'Copy the backup beside it and prove it',
    stop: 'Stop application',
    keep: 'Keep the current database',
    restore: 'Restore from backup',
    verify: 'Verify integrity',
    clear: 'Clear cache',
    start: 'Start application',
    test: 'Test functionality',
    offer: 'Make the kept database a backup',
  },

  async run({ input, stamp, unfinished, step }) {
    const backup = await step.find(({ backups }) => backups.find(input.backup), {
      note: ({ id, takenAt, rows, passedOver }) =>
        [`${id}, taken ${takenAt}, ${rows} rows`, passedOver ?? []].flat().join('. '),
    });

    const before = await step.examine(
      async ({ sqlite, backups, drill, files, runtime, http }) => {
        // What a terminated run put aside belongs to the database that is examined.
        for (const one of unfinished) {
          if (placesFiles(one.run)) await files.settle(one.stamp);
          await sqlite.settle(one.stamp);
          await backups.discard(one.stamp, one.run);
          await drill.clean(one.stamp);
        }
        const { running } = await runtime.describe();
        return { database: await sqlite.examine(), running, ready: await http.isReady() };
      },
      { note: ({ database }) => database.finding },
    );
    const { sound } = before.database;

    const staged = await step.stage(({ sqlite }) => sqlite.stage(backup, stamp), {
      undo: ({ sqlite }) => sqlite.unstage(stamp),
      note: ({ checks }) => `passed ${checks.join(', ')}`,
    });

    const stopped = await step.stop(({ runtime }) => runtime.stop(), {
      undo: async ({ runtime, http }) => {
        if (before.running) await runtime.start();
        if (before.ready) await http.expectReady();
      },
    });

    const kept = await step.keep(({ sqlite }) => sqlite.keep(stamp, { sound }), {
      undo: ({ sqlite }) => sqlite.unkeep(stamp),
      note: ({ file }) => file ?? 'There was none',
    });

    await step.restore(({ sqlite }) => sqlite.swap(staged), {
      undo: async ({ sqlite }) => {
        if (sound || !(await sqlite.isLive(staged))) return sqlite.putBack(stamp);
        return leave(
          `The restored database stays, because the one before was damaged (${before.database.finding}). ` +
            `It is kept as "${kept.file ?? 'nothing: there was none'}"`,
        );
      },
    });

    const live = await step.verify(({ sqlite }) => sqlite.expectLive(staged), {
      note: ({ rows }) => `${rows} rows in the live file, byte for byte the proven copy`,
    });

    // A stale cache is told; it is no reason to bring the old database back.
    await step.clear(({ redis }) => redis.clearPrefix(), {
      note: ({ note }) => note,
      ifFailed: { keys: 0, note: 'Not cleared' },
    });

    const ready = await step.start(bringUp, { undo: ({ runtime }) => runtime.stop() });

    const proof = await step.test(({ app }) => app.prove(), { note: ({ note }) => note });

    let wayBack: string | undefined;
    if (sound) {
      const offered = await step.offer(({ backups }) => backups.adoptKept(stamp), {
        note: (adopted) => adopted?.id ?? 'There was none',
        ifFailed: undefined,
      });
      wayBack = offered?.id;
    } else {
      step.offer.omit('It was damaged, and is kept as it was');
    }

    return {
      backup: backup.id,
      takenAt: backup.takenAt,
      rows: { backup: backup.rows, restored: live.rows },
      integrity: live.integrity,
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: Date.parse(ready.readyAt) - Date.parse(stopped.begunAt),
      before: before.database.finding,
      kept: kept.file,
      /** The backup to restore in order to go back, when what was live before was sound. */
      wayBack,
      proof: proof.note,
    };
  },
});
