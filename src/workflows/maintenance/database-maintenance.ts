import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { sizeText } from '../../config/text/size-text.ts';
import { passedText } from '../../config/unproven.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { leave } from '../../engine/steps/step.ts';
import { proveStarted, startAsBefore, startUntilReady } from '../parts/start-until-ready.ts';

/**
 * The application runs on, unless a share of free pages above the target's policy makes a compact copy worth its downtime,
 * and the policy allows one: then it is down between steps 8 and 10 only. A damaged database is left alone. A run that fails
 * brings the old file back, unless rows were written to the new one.
 */
export const databaseMaintenance = defineRunbook({
  name: 'database-maintenance',
  title: 'Database maintenance',
  purpose: 'Keep the database small and its query planner informed',
  family: 'maintenance',
  severity: 'sev3',
  kind: 'acts',
  expected: '30m',
  lateness: '6h',
  downtime: { from: 'stop', until: 'start' },

  input: z.object({
    downtime: z
      .boolean()
      .default(false)
      .describe('The application may be stopped outside the maintenance window, if it is worth it'),
  }),

  plan: {
    backup: 'Prove a recent backup',
    measure: 'Measure the database',
    check: 'Check its integrity',
    reclaim: 'Give free pages back',
    analyse: 'Refresh what the query planner knows',
    checkpoint: 'Checkpoint the write-ahead log',
    space: 'Check disk space for a compact copy',
    stop: 'Stop application',
    compact: 'Put a compact copy in its place',
    start: 'Start application',
    test: 'Test functionality',
    again: 'Measure and check again',
    drop: 'Remove the database from before',
  },

  async run({ input, stamp, step }) {
    const backup = await step.backup(({ backups }) => backups.expectBackedUp(), {
      note: ({ id, takenAt, passedOver, ...proof }) =>
        [`${id}, taken ${takenAt}, ${passedText(proof)}`, passedOver ?? []].flat().join('. '),
    });

    const before = await step.measure(
      async ({ database, runtime, http }) => {
        const { running } = await runtime.describe();
        const able = await database.abilities();
        const size = await database.measure();
        const compaction = able.compaction
          ? await database.adviseCompaction(size, { running, asked: input.downtime })
          : { worthwhile: false, why: 'Its engine makes no compact copies' };
        return { able, size, compaction, running, ready: running && (await http.isReady()) };
      },
      { note: ({ size }) => size.note },
    );
    const { able, size, compaction, running } = before;

    await step.check(({ database }) => database.expectSound(), { note: ({ note }) => note });

    // What is not done this week is done in the next: no reason to stop here.
    if (size.autoVacuum === 'incremental' && size.freePages > 0)
      await step.reclaim(({ database }) => database.reclaim(), {
        note: (done) =>
          done
            ? `${countText(done.pages, 'page')} in ${countText(done.pieces, 'piece')} of at most ${done.longestMilliseconds} ms, ${done.left} left`
            : 'Not done',
        ifFailed: undefined,
      });
    else
      step.reclaim.omit(
        size.freePages === 0 ? 'None is free' : `Its auto_vacuum is ${size.autoVacuum}`,
      );

    await step.analyse(({ database }) => database.analyse(), {
      note: (done) =>
        done
          ? `${countText(done.tables, 'table')} with indexes, each in at most ${done.longestMilliseconds} ms`
          : 'Not done',
      ifFailed: undefined,
    });

    if (able.checkpoint && size.journalMode === 'wal')
      await step.checkpoint(({ database }) => database.checkpoint(), {
        note: (done) => done?.note ?? 'Not done',
        ifFailed: undefined,
      });
    else step.checkpoint.omit('It has no write-ahead log');

    const space = compaction.worthwhile
      ? await step.space(({ database }) => database.expectSpaceToCompact(), {
          note: (found) => found?.note ?? 'Not enough',
          ifFailed: undefined,
        })
      : step.space.omit(compaction.why);

    const downtimeMilliseconds = space ? await compactOffline() : omitCompaction();

    const after = await step.again(
      async ({ database }) => {
        const { finding } = await database.expectQuickCheck();
        return { ...(await database.measure()), finding };
      },
      { note: ({ note, finding }) => `${note}. ${finding}` },
    );

    if (space) await step.drop(({ database }) => database.dropKept(stamp), { ifFailed: undefined });
    else step.drop.omit('There is none');

    return {
      backup: backup.id,
      bytes: { before: size.bytes, after: after.bytes },
      freePages: { before: size.freePages, after: after.freePages },
      logBytes: { before: size.logBytes, after: after.logBytes },
      integrity: after.finding,
      compacted: space !== undefined,
      /** Why the database was, or was not, replaced by a compact copy. */
      why: compaction.why,
      downtimeMilliseconds,
    };

    async function compactOffline(): Promise<number> {
      const stopped = running
        ? await step.stop(({ runtime }) => runtime.stop(), {
            undo: (systems) => startAsBefore(systems, { running, ready: before.ready }),
          })
        : step.stop.omit('It is down already');

      await step.compact(({ database }) => database.compact(stamp), {
        undo: async ({ database }) => {
          const { kept } = await database.uncompact(stamp);
          if (!kept) return undefined;
          return leave(
            `The compact copy stays, because the application has written to it. The database from before is "${kept}"`,
          );
        },
        note: ({ bytes }) => `${sizeText(size.bytes)} -> ${sizeText(bytes)}`,
      });

      if (!stopped) {
        step.start.omit('It was down before');
        step.test.omit('It was down before');
        return 0;
      }

      const ready = await step.start(startUntilReady, { undo: ({ runtime }) => runtime.stop() });
      if (ready.contained) step.test.omit('It is kept down');
      else await step.test(proveStarted, { note: ({ note }) => note });
      return Date.parse(ready.readyAt) - Date.parse(stopped.begunAt);
    }

    function omitCompaction(): number {
      const why = compaction.worthwhile ? 'There is no disk space for a copy' : compaction.why;
      for (const line of [step.stop, step.compact, step.start, step.test]) line.omit(why);
      return 0;
    }
  },
});
