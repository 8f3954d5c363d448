import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { cleanUp } from '../parts/clean-up.ts';
import { described } from '../parts/described.ts';
import { findReplaced } from '../parts/find-replaced.ts';
import { putFilesBack } from '../parts/put-files-back.ts';
import {
  approvedWhenUntrusted,
  offerRollbackPoint,
  replaceDatabase,
} from '../parts/replace-database.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import {
  proveStarted,
  startAsBefore,
  startUntilReady,
  upText,
} from '../parts/start-until-ready.ts';

/**
 * Everything that the run replaced comes back together: its database, its files, its dependencies. What cannot come back is said
 * first, and nothing is begun then unless that is wanted. It is a recovery like others: it can be gone back from, too.
 */
export const rollback = defineRunbook({
  name: 'rollback',
  title: 'Rollback',
  purpose: 'Go back to what was there before a run: its database, its files, its dependencies',
  family: 'recovery',
  whenIncomplete: 'recover',
  severity: 'sev1',
  kind: 'acts',
  expected: '30m',
  whenHeld: 'preempt',
  downtime: { from: 'stop', until: 'start' },

  input: z.object({
    run: z
      .string()
      .min(1)
      .max(1000)
      .describe('Run to go back from: its id, any part that means one run, or its rollback point'),
    partly: z
      .boolean()
      .default(false)
      .describe('Goes back with what is still there, when the rest is gone'),
  }),

  plan: {
    find: 'Find what the run replaced',
    examine: 'Inspect what runs, and the live database',
    prove: 'Copy the database from before beside the live one and prove it',
    stage: 'Copy the files from before beside and prove them',
    stop: 'Stop application',
    keep: 'Keep the current files',
    place: 'Put the files from before in place',
    dependencies: 'Bring the dependencies from before back',
    aside: 'Keep the current database',
    restore: 'Restore the database',
    verify: 'Verify integrity',
    clear: 'Clear cache',
    start: 'Start application',
    test: 'Test functionality',
    offer: 'Make the kept database a backup',
  },

  async run({ input, stamp, unfinished, step }) {
    const found = await step.find((systems) => findReplaced(systems, input.run), {
      note: ({ note }) => note,
    });
    const { point, gone, files, dependencies } = found;
    if (gone.length > 0 && !input.partly)
      throw failed(
        'NoRollbackPoint',
        `Cannot go back whole from "${found.run}": ${gone.join('. ')}. What is still there goes back with --partly`,
      );
    if (!found.backup && files.files === 0 && !dependencies)
      throw failed(
        'NoRollbackPoint',
        `Cannot go back from "${found.run}": ${gone.join('. ') || 'all is as it was before it'}`,
      );

    const before = await step.examine(
      async (systems) => {
        // What a terminated run put aside belongs to the system that is examined.
        await cleanUp(systems, unfinished);
        const { result: application } = await described(systems.runtime.describe());
        const ready = await systems.http.isReady();
        const database = await systems.database.examine();
        return {
          running: application?.running ?? ready,
          restarting: application?.restarting === true,
          ready,
          database,
        };
      },
      { note: ({ database }) => database.finding },
    );

    const { backup } = found;
    const staged = backup
      ? await step.prove(({ database }) => database.stage(backup, stamp), {
          ...approvedWhenUntrusted(backup),
          undo: ({ database }) => database.unstage(stamp),
          note: ({ checks }) => `passed ${checks.join(', ')}`,
        })
      : undefined;

    if (files.files > 0)
      await step.stage((systems) => systems.files.stageKept(point, stamp), {
        undo: (systems) => systems.files.discard(stamp),
        note: (made) => `${countText(made.files, 'file')}, ${sizeText(made.bytes)}`,
      });
    else omit('No file differs from before', 'stage', 'keep', 'place');

    const stopped = await step.stop(({ runtime }) => runtime.stop(), {
      undo: (systems) => startAsBefore(systems, before),
    });

    const kept = files.files > 0 ? await placeFiles() : undefined;

    if (dependencies)
      await step.dependencies((systems) => systems.dependencies.goBack(point, stamp), {
        undo: (systems) => systems.dependencies.restore(stamp),
      });
    else step.dependencies.omit('They are as they were');

    const replaced = staged
      ? await replaceDatabase(
          { ...step, keep: step.aside },
          { stamp, staged, before: before.database },
        )
      : await startOnly();
    const { contained } = replaced;

    const proof = contained
      ? undefined
      : await step.test(proveStarted, { note: ({ note }) => note });
    if (contained) step.test.omit('It is kept down');

    const { before: was, ...offered } = staged
      ? await offerRollbackPoint(step.offer, {
          stamp,
          before: before.database,
          kept: replaced.kept,
        })
      : { before: before.database.finding };
    if (!staged) step.offer.omit('The database stays as it is');

    return {
      back: found.run,
      point,
      backup: backup?.id,
      files: files.files,
      dependencies,
      rows: replaced.live && { restored: replaced.live.rows },
      before: was,
      kept: kept?.directory,
      ...offered,
      ...rollbackPointOf(
        stamp,
        [
          ...(staged ? (['database'] as const) : []),
          ...(kept?.directory ? (['files'] as const) : []),
          ...(dependencies ? (['dependencies'] as const) : []),
        ],
        offered,
      ),
      downtimeMilliseconds: contained
        ? undefined
        : Date.parse(replaced.readyAt) - Date.parse(stopped.begunAt),
      proof: proof?.note ?? contained?.note,
      /** What people should check. */
      toCheck: [...gone, ...files.notes],
    };

    /** The application is down. */
    async function placeFiles() {
      const aside = await step.keep((systems) => systems.files.keep(stamp), {
        note: ({ directory }) => directory ?? 'There was none',
      });
      await step.place((systems) => systems.files.place(stamp), {
        undo: async (systems) => {
          await systems.runtime.stop();
          return putFilesBack(systems.files, stamp);
        },
        note: (placed) => countText(placed.files, 'file'),
      });
      return aside;
    }

    async function startOnly() {
      omit('The database stays as it is', 'prove', 'aside', 'restore', 'verify', 'clear');
      const up = await step.start(startUntilReady, {
        undo: ({ runtime }) => runtime.stop(),
        note: upText,
      });
      return { ...up, kept: undefined, live: undefined };
    }

    function omit(why: string, ...lines: readonly (keyof typeof step)[]): void {
      for (const line of lines) step[line].omit(why);
    }
  },
});
