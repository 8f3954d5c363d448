import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { passedText } from '../../config/unproven.ts';
import { BackupReference } from '../../config/backup-id.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { cleanUp } from '../parts/clean-up.ts';
import { described } from '../parts/described.ts';
import { putFilesBack } from '../parts/put-files-back.ts';
import {
  approvedWhenUntrusted,
  offerRollbackPoint,
  replaceDatabase,
} from '../parts/replace-database.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import { expectReadyStarted, proveStarted, startAsBefore } from '../parts/start-until-ready.ts';

/**
 * All that can be proven is proven while the application still runs, and lies beside what is live then. It is stopped, the
 * files go into their places before anything starts on them, and the database follows, by renames alone. If a step fails,
 * what was there before comes back, unless it was damaged or missing. Logs are never restored over.
 */
export const systemRecovery = defineRunbook({
  name: 'system-recovery',
  title: 'System recovery',
  purpose:
    'Bring the whole system back to a backup: its configuration, its data when asked for, its database, its services',
  family: 'recovery',
  whenIncomplete: 'recover',
  severity: 'sev1',
  kind: 'acts',
  expected: '30m',
  whenHeld: 'preempt',
  downtime: { from: 'stop', until: 'start' },

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
    examine: 'Inspect what runs, and the live database',
    compare: 'Compare the files of the backup with those here',
    prove: 'Copy the database beside the live one and prove it',
    stage: 'Copy the files beside and prove them',
    stop: 'Stop application',
    keep: 'Keep the current files',
    place: 'Put the files of the backup in place',
    services: 'Start the services that the application needs',
    aside: 'Keep the current database',
    restore: 'Restore the database',
    verify: 'Verify integrity',
    clear: 'Clear cache',
    start: 'Start application',
    others: 'Start all other services',
    health: 'Check the health of all',
    offer: 'Make the kept database a backup',
  },

  async run({ input, stamp, unfinished, step }) {
    const wanted = [
      ...(input.configuration === 'restore' ? (['configuration'] as const) : []),
      ...(input.data ? (['data'] as const) : []),
    ];
    const found = await step.find(({ files }) => files.find(input.backup, wanted), {
      note: ({ backup, takenAt, rows, notes }) =>
        [`${backup}, taken ${takenAt}, ${countText(rows, 'row')}`, ...notes].join('. '),
    });
    const request = { files: found.files, secrets: input.secrets };

    const before = await step.examine(
      async (systems) => {
        // What a terminated run put aside belongs to the system that is examined.
        await cleanUp(systems, unfinished);
        const { runtime, http, services } = systems;
        const { result: application, reason } = await described(runtime.describe());
        const beside = await described(services.running());
        const database = await systems.database.examine();
        const ready = await http.isReady();
        return {
          // One that cannot be described runs when it answers.
          running: application?.running ?? ready,
          restarting: application?.restarting === true,
          detail: application?.detail ?? `It cannot be described: ${reason!.message}`,
          ready,
          services: beside.result?.names ?? [],
          database,
        };
      },
      {
        note: ({ running, detail, database }) =>
          `${running ? detail : `The application is down: ${detail}`}. ${database.finding}`,
      },
    );

    const differing = await step.compare(({ files }) => files.compare(request), {
      note: ({ note, leftOut }) => [note, ...leftOut].join('. '),
    });
    const withFiles = differing.missing + differing.changed > 0;

    // Whatever takes as long as there are bytes is done before the stop.
    const staged = await step.prove(
      async ({ backups, database }) => database.stage(await backups.find(found.backup), stamp),
      {
        ...approvedWhenUntrusted({ ...found, id: found.backup }),
        undo: ({ database }) => database.unstage(stamp),
        note: ({ passedOver, ...proof }) => [passedText(proof), passedOver ?? []].flat().join('. '),
      },
    );

    if (withFiles)
      await step.stage(({ files }) => files.stage(request, stamp), {
        undo: ({ files }) => files.discard(stamp),
        note: ({ files, bytes }) => `${countText(files, 'file')}, ${sizeText(bytes)}`,
      });
    else
      for (const line of [step.stage, step.keep, step.place])
        line.omit('No file differs: the database is restored by itself');

    const stopped = await step.stop(({ runtime }) => runtime.stop(), {
      undo: (systems) => startAsBefore(systems, before),
    });

    const kept = withFiles ? await placeFiles() : undefined;

    await step.services(({ services }) => services.start('needed'), {
      undo: ({ services }) => services.stopExcept(before.services),
      note: ({ note }) => note,
    });

    const replaced = await replaceDatabase(
      { ...step, keep: step.aside },
      { stamp, staged, before: before.database },
    );
    const { contained } = replaced;

    const others = await step.others(({ services }) => services.start('others'), {
      undo: ({ services }) => services.stopExcept(before.services),
      note: (started) => started?.note ?? 'Not all of them run',
      ifFailed: undefined,
    });

    const health = await step.health(
      async (systems) => {
        if (!contained) await expectReadyStarted(systems);
        const cache = await systems.redis.ping();
        const proof = contained ?? (await proveStarted(systems));
        return { cache: cache.note, proof: proof.note };
      },
      { note: ({ proof, cache }) => `${proof}; cache: ${cache}` },
    );

    const { before: was, ...offered } = await offerRollbackPoint(step.offer, {
      stamp,
      before: before.database,
      kept: replaced.kept,
    });

    const { keptKeys, restoredKeys, removedKeys, leftOut } = differing;
    return {
      backup: found.backup,
      takenAt: found.takenAt,
      files: found.files.map(({ archive, backup }) => `${archive} of ${backup}`),
      placed: differing.missing + differing.changed,
      kept: kept?.directory,
      keptKeys,
      restoredKeys,
      rows: { backup: found.rows, restored: replaced.live.rows },
      before: was,
      ...offered,
      ...rollbackPointOf(stamp, kept?.directory ? ['database', 'files'] : ['database'], offered),
      /** From the order to stop until the application was ready again. */
      downtimeMilliseconds: contained
        ? undefined
        : Date.parse(replaced.readyAt) - Date.parse(stopped.begunAt),
      ...health,
      /** What people should check. */
      toCheck: [
        ...found.notes,
        ...leftOut,
        ...(keptKeys.length > 0 ? [`Live values stay of ${keptKeys.join(', ')}`] : []),
        ...(restoredKeys.length > 0
          ? [`The backup's values are live of ${restoredKeys.join(', ')}`]
          : []),
        ...(removedKeys.length > 0 ? [`Only the file before knew ${removedKeys.join(', ')}`] : []),
        ...(kept?.directory === undefined ? [] : [`Files from before are in "${kept.directory}"`]),
        ...(others === undefined ? ['Other services were not all started'] : []),
        ...(contained ? [`It stays down. ${contained.note}`] : []),
        ...(replaced.note === undefined ? [] : [replaced.note]),
      ],
    };

    /** The application is down. */
    async function placeFiles() {
      const aside = await step.keep(({ files }) => files.keep(stamp), {
        note: ({ directory }) => directory ?? 'There was none',
      });

      await step.place(({ files }) => files.place(stamp), {
        undo: async ({ runtime, files }) => {
          await runtime.stop();
          return putFilesBack(files, stamp);
        },
        note: ({ files }) => countText(files, 'file'),
      });
      return aside;
    }
  },
});
