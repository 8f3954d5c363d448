import { z } from 'zod';
import { BackupReference } from '../../config/backup-id.ts';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { attempted } from '../parts/attempted.ts';
import { sentences } from '../parts/diagnosis.ts';
import { verdictOf } from '../parts/verdict-of.ts';
import { databaseRecovery } from '../recovery/database-recovery.ts';
import { databaseLocked } from '../troubleshooting/database-locked.ts';

/**
 * A damaged one is held still at once, is never opened for writing, and is copied raw before a backup replaces it: nothing
 * of it is deleted. A locked one is freed by database-locked. One that is sound and free is left alone, and so is one that cannot be
 * judged here: the run says what could not be checked, and what would make it judgeable.
 */
export const databaseIssue = defineRunbook({
  name: 'database-issue',
  title: 'Database issue',
  purpose:
    'Something is wrong with the database: find out what, keep it as it is, and start what helps',
  family: 'incident',
  severity: 'sev1',
  kind: 'acts',
  expected: '30m',

  input: z.object({
    backup: BackupReference.default('latest').describe(
      'What a damaged database is replaced with: an id, "latest" (the default), or "before <time>"',
    ),
    overwrite: z
      .enum(['ask', 'yes', 'no'])
      .default('ask')
      .describe('Whether a backup may replace a damaged database: "ask" waits for approval'),
  }),

  plan: {
    inspect: 'Check its integrity, and who uses it',
    contain: 'Hold the application still',
    quarantine: 'Copy all of its files to quarantine',
    recover: 'Recover the database',
    unlock: 'Free it of its lock',
  },

  async run({ input, stamp, step }) {
    const seen = await step.inspect(
      async ({ containment, database, runtime, http }) => {
        const { contained } = await containment.find();
        const { running } = await runtime.describe();
        const ready = await http.isReady();
        const lockHolders = await database.findLockHolders();
        const openers = await database.findOpeners();
        const quick = await attempted(database.examine());
        // A lock or a damaged page is what this run is for, and is no reason to end it.
        const first = quick.result && verdictOf(quick.result);
        const full = first === 'sound' ? await attempted(database.expectSound()) : undefined;
        const reason = quick.reason ?? full?.reason;
        const blocked =
          reason?.type === 'DatabaseLocked' ||
          lockHolders.blocking.some(({ role }) => role !== 'application' || !ready);
        const damaged = first === 'damaged' || reason?.type === 'DatabaseDamaged';
        const unclear = first === 'unclear' || reason || full?.result?.unproven;
        const verdict = damaged ? 'damaged' : blocked ? 'locked' : unclear ? 'unclear' : 'sound';
        const finding = reason?.message ?? full?.result?.note ?? quick.result!.finding;
        const users = `${openers.note}; ${lockHolders.note}`;
        return {
          contained,
          running,
          verdict,
          finding,
          users,
          failed: reason !== undefined,
        } as const;
      },
      {
        note: ({ contained, verdict, finding, users }) =>
          [`${verdict}: ${finding}`, users, contained?.note ?? []].flat().join('. '),
      },
    );
    const { verdict, finding, users } = seen;
    const damaged = verdict === 'damaged';

    if (damaged && seen.running)
      await step.contain(({ runtime }) => runtime.freeze(), {
        undo: ({ runtime }) => runtime.thaw(),
      });
    else step.contain.omit(damaged ? 'It is down' : 'It does no harm to the database');

    const evidence = await step.quarantine(({ backups }) => backups.quarantine(stamp), {
      note: (copy) => copy?.note ?? 'Not copied',
      // A recovery keeps the damaged files, too.
      ifFailed: undefined,
    });

    const recovered = damaged ? await recover() : step.recover.omit(`It is ${verdict}`);

    const unlocked =
      verdict === 'locked'
        ? await step.unlock(({ runbook }) => runbook(databaseLocked, {}), {
            note: ({ diagnosis, helped }) => sentences(diagnosis, helped && `Helped: ${helped}`),
          })
        : step.unlock.omit(`It is ${verdict}`);

    // What SQLite cannot judge here is the answer. What kept us from asking is for people.
    if (verdict === 'unclear' && seen.failed)
      throw failed('DatabaseUnclear', `${finding}. ${users}`);

    return {
      verdict,
      diagnosis: finding,
      users,
      quarantine: evidence?.directory,
      helped: recovered ? 'database-recovery' : unlocked ? 'database-locked' : '',
      recovered,
      unlocked,
      /** Why the application stays down, whatever was done about its database. */
      contained: seen.contained?.note,
    };

    async function recover() {
      if (input.overwrite === 'no')
        throw failed('DatabaseDamaged', `${finding}: nothing may replace it without "overwrite"`);
      return step.recover(
        async ({ runtime, runbook }) => {
          await runtime.thaw();
          return runbook(databaseRecovery, { backup: input.backup });
        },
        {
          ...(input.overwrite === 'ask' && {
            approve: `${finding}. What was written since backup "${input.backup}" is then only in ${evidence ? `"${evidence.directory}"` : 'the files that are kept'}`,
          }),
          note: ({ rows, backup }) => `${countText(rows.restored, 'row')} of backup ${backup}`,
        },
      );
    }
  },
});
