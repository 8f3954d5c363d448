import { z } from 'zod';
import { BackupReference } from '../../config/backup-id.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave, type Undo } from '../../engine/step.ts';
import { putFilesBack } from '../put-files-back.ts';
import { databaseRecovery } from './database-recovery.ts';

/**
 * Bring the whole system back to a backup: its configuration, its data when asked for, its database, its services.
 *
 * All that can be proven is proven while the application still runs. Then it is stopped, the files go into their places
 * before anything starts on them, and the database follows. If a step fails, what was there before comes back, unless it was
 * damaged or missing. Logs are never restored over.
 */
export const systemRecovery = defineRunbook({
  name: 'system-recovery',
  title: 'System recovery',
  family: 'recovery',
  severity: 'sev1',
  kind: 'acts',
  expected: '30m',
  whenHeld: 'preempt',
  downtime: { from: 'stop', until: 'database' },

  input: z.object({
    backup: BackupReference.default('latest').describe(
      'Backup to restore: an id, "latest" (the default), or "before <time>"',
    ),
    configuration: z
      .enum(['restore', 'keep'])
      .default('restore')
      .describe('What becomes of configuration files that differ'),
    secrets: z
      .enum(['keep', 'restore'])
      .default('keep')
      .describe('Whether live passwords and keys stay that differ from the backup'),
    data: z.boolean().default(false).describe('Restores data files, too'),
  }),

  plan: {
    find: 'Find the backup and its files',
    examine: 'Look at what runs',
    compare: 'Compare the files of the backup with those here',
    prove: 'Prove the backup of the database',
    stage: 'Copy the files beside and prove them',
    stop: 'Stop application',
    keep: 'Keep the current files',
    place: 'Put the files of the backup in place',
    services: 'Start the services that the application needs',
    database: 'Restore the database and start the application',
    others: 'Start all other services',
    health: 'Check the health of all',
  },

  async run({ input, stamp, unfinished, step }) {
    const wanted = [
      ...(input.configuration === 'restore' ? (['configuration'] as const) : []),
      ...(input.data ? (['data'] as const) : []),
    ];
    const found = await step.find(({ files }) => files.find(input.backup, wanted), {
      note: ({ backup, takenAt, rows, notes }) =>
        [`${backup}, taken ${takenAt}, ${rows} rows`, ...notes].join('. '),
    });
    const request = { files: found.files, secrets: input.secrets };

    const before = await step.examine(
      async ({ sqlite, backups, drill, files, runtime, http, services }) => {
        // What a terminated run put aside belongs to the system that is examined.
        for (const one of unfinished) {
          await files.settle(one.stamp);
          await sqlite.settle(one.stamp);
          await backups.discard(one.stamp, one.run);
          await drill.clean(one.stamp);
        }
        const { running, detail } = await runtime.describe();
        const { names } = await services.running();
        return { running, detail, ready: await http.isReady(), services: names };
      },
      { note: ({ running, detail }) => (running ? detail : 'The application is down') },
    );

    const differing = await step.compare(({ files }) => files.compare(request), {
      note: ({ note, leftOut }) => [note, ...leftOut].join('. '),
    });
    const withFiles = differing.missing + differing.changed > 0;

    const kept = withFiles ? await bringFiles() : undefined;
    if (!withFiles)
      for (const line of [step.prove, step.stage, step.stop, step.keep, step.place])
        line.omit('No file differs: the database is restored by itself');

    await step.services(({ services }) => services.start('needed'), {
      undo: ({ services }) => services.stopExcept(before.services),
      note: ({ note }) => note,
    });

    let restored:
      | { before: string; kept: string | undefined; wayBack: string | undefined }
      | undefined;
    const database = await step.database(
      async (doors) => {
        const output = await doors.runbook(databaseRecovery, { backup: found.backup });
        restored = output;
        return output;
      },
      {
        undo: async (systems) => {
          // A child that failed has undone itself.
          if (!restored) return undefined;
          if (restored.wayBack === undefined) return stays(restored);
          await bringDatabaseBack(restored.wayBack)(systems);
          return withFiles ? undefined : goOn(systems);
        },
        note: ({ rows, before: finding }) => `${rows.restored} rows; before: ${finding}`,
      },
    );

    const others = await step.others(({ services }) => services.start('others'), {
      undo: ({ services }) => services.stopExcept(before.services),
      note: (started) => started?.note ?? 'Not all of them run',
      ifFailed: undefined,
    });

    const health = await step.health(
      async ({ http, redis, app }) => {
        await http.expectReady();
        const cache = await redis.ping();
        const proof = await app.prove();
        return { cache: cache.note, proof: proof.note };
      },
      { note: ({ proof, cache }) => `${proof}; cache: ${cache}` },
    );

    const { keptKeys, removedKeys, leftOut } = differing;
    return {
      backup: found.backup,
      takenAt: found.takenAt,
      files: found.files.map(({ archive, backup }) => `${archive} of ${backup}`),
      placed: differing.missing + differing.changed,
      kept: kept?.directory,
      keptKeys,
      rows: database.rows,
      before: database.before,
      /** The backup to restore in order to go back, when the database before was sound. */
      wayBack: database.wayBack,
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: database.downtimeMilliseconds,
      ...health,
      /** What people should look at. */
      look: [
        ...found.notes,
        ...leftOut,
        ...(keptKeys.length > 0 ? [`Live values stay of ${keptKeys.join(', ')}`] : []),
        ...(removedKeys.length > 0 ? [`Only the file before knew ${removedKeys.join(', ')}`] : []),
        ...(kept?.directory === undefined ? [] : [`Files from before are in "${kept.directory}"`]),
        ...(others === undefined ? ['Other services were not all started'] : []),
      ],
    };

    /** The application is down from here on, until its database is restored. */
    async function bringFiles() {
      await step.prove(
        async ({ backups, sqlite }) => {
          const { checks } = await sqlite.stage(await backups.find(found.backup), stamp);
          await sqlite.unstage(stamp);
          return checks;
        },
        {
          undo: ({ sqlite }) => sqlite.unstage(stamp),
          note: (checks) => `passed ${checks.join(', ')}`,
        },
      );
      step.prove.dropUndo();

      await step.stage(({ files }) => files.stage(request, stamp), {
        undo: ({ files }) => files.discard(stamp),
        note: ({ files, bytes }) => `${files} files, ${bytes} bytes`,
      });

      await step.stop(({ runtime }) => runtime.stop(), { undo: goOn });

      const aside = await step.keep(({ files }) => files.keep(stamp), {
        note: ({ directory }) => directory ?? 'There was none',
      });

      await step.place(({ files }) => files.place(stamp), {
        undo: async ({ runtime, files }) => {
          await runtime.stop();
          return putFilesBack(files, stamp);
        },
        note: ({ files }) => `${files} files`,
      });
      return aside;
    }

    async function goOn({ runtime, http }: Parameters<Undo>[0]): Promise<void> {
      if (before.running) await runtime.start();
      if (before.ready) await http.expectReady();
    }

    /** Rows may have been written to the restored one since: it becomes a backup, too. */
    function bringDatabaseBack(wayBack: string): Undo {
      return async ({ backups, sqlite, runtime }) => {
        const staged = await sqlite.stage(await backups.find(wayBack), stamp);
        await runtime.stop();
        await sqlite.keep(stamp, { sound: true });
        await sqlite.swap(staged);
        await sqlite.expectLive(staged);
        return backups.adoptKept(stamp);
      };
    }
  },
});

function stays({ before, kept }: { before: string; kept: string | undefined }) {
  return leave(
    `The restored database stays. The one before (${before}) is kept as "${kept ?? 'nothing: there was none'}"`,
  );
}
