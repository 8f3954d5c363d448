import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { passedText } from '../../config/unproven.ts';
import { BackupReference } from '../../config/backup-id.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { cleanUp } from '../parts/clean-up.ts';
import { described } from '../parts/described.ts';
import {
  approvedWhenUntrusted,
  offerRollbackPoint,
  replaceDatabase,
} from '../parts/replace-database.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import { proveStarted, startAsBefore } from '../parts/start-until-ready.ts';

/**
 * The application is down between steps 4 and 9 only. If a step fails, the database that was live is put back and the
 * application runs on it, unless that database was damaged: then the proven copy stays.
 */
export const databaseRecovery = defineRunbook({
  name: 'database-recovery',
  title: 'Database recovery',
  purpose: 'Replace the live database with a chosen backup',
  family: 'recovery',
  whenIncomplete: 'recover',
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
        [`${id}, taken ${takenAt}, ${countText(rows, 'row')}`, passedOver ?? []].flat().join('. '),
    });

    const before = await step.examine(
      async (systems) => {
        // What a terminated run put aside belongs to the database that is examined.
        await cleanUp(systems, unfinished);
        const { runtime, http } = systems;
        const application = await described(runtime.describe());
        const database = await systems.database.examine();
        const ready = await http.isReady();
        return {
          database,
          running: application.result?.running ?? ready,
          restarting: application.result?.restarting === true,
          ready,
        };
      },
      { note: ({ database }) => database.finding },
    );
    const { database } = before;

    const staged = await step.stage(({ database }) => database.stage(backup, stamp), {
      ...approvedWhenUntrusted(backup),
      undo: ({ database }) => database.unstage(stamp),
      note: ({ passedOver, ...proof }) => [passedText(proof), passedOver ?? []].flat().join('. '),
    });

    const stopped = await step.stop(({ runtime }) => runtime.stop(), {
      undo: (systems) => startAsBefore(systems, before),
    });

    const { kept, live, readyAt, contained } = await replaceDatabase(step, {
      stamp,
      staged,
      before: database,
    });

    const proof = contained
      ? undefined
      : await step.test(proveStarted, { note: ({ note }) => note });
    if (contained) step.test.omit('It is kept down');

    const { before: was, ...offered } = await offerRollbackPoint(step.offer, {
      stamp,
      before: database,
      kept,
    });

    return {
      backup: backup.id,
      takenAt: backup.takenAt,
      rows: { backup: backup.rows, restored: live.rows },
      integrity: live.integrity,
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: contained
        ? undefined
        : Date.parse(readyAt) - Date.parse(stopped.begunAt),
      before: was,
      kept,
      ...offered,
      ...rollbackPointOf(stamp, ['database'], offered),
      proof: proof?.note ?? contained?.note,
    };
  },
});
