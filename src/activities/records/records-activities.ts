import type { Target } from '../../config/schema/target.ts';
import { inBytes } from '../../config/schema/values/quantities.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { type Stamp, timeOf } from '../../config/time/stamp.ts';
import { acting, unclaimed } from '../../os/acting.ts';
import { rotateAudit } from '../../state/audit-log.ts';
import { steadyAge } from '../../config/time/steady-age.ts';
import { removeReports } from '../../state/figures/reports.ts';
import { newestStoredRuns, removeRunReports } from '../../state/run-reports.ts';
import { findRollback, type Rollback } from './find-rollback.ts';
import { pruneKeptFiles } from '../files/restore/prune-kept-files.ts';
import type { PerformanceSummary } from './write-performance.ts';

export interface PrunedRecords {
  readonly changed: boolean;
  /** Reports, of runs and of what was measured. */
  readonly removed: number;
  /** Directories with the files from before a system recovery. */
  readonly files: number;
}

/** How many runs tell how evenly time went. */
const LOOKED_AT = 1000;
/** Runs of a target that is served are never further apart, in ms. */
const LEAST = 8 * 86_400_000;

/** What runs have left beside the target: reports and replaced files, which are kept for a time, and the audit, which is kept. */
export function recordActivities(target: Target) {
  const { keep, replacedFiles, auditSize } = target.records;
  return {
    /** What a run has replaced, by its id or its rollback point. Error: `NoRollbackPoint`. */
    async findRollback(reference: string): Promise<Rollback> {
      return findRollback(target, reference);
    },

    /** Removes the reports of runs that ended longer ago than they are kept, and the files that recoveries replaced. */
    prune: acting(async (stamp: Stamp): Promise<PrunedRecords> => {
      const lost = lostTo(stamp);
      const before = timeOf(stamp) - inMilliseconds(keep) - lost;
      const removed = removeRunReports(target, before) + removeReports(target, before);
      const files = await pruneKeptFiles(
        target,
        timeOf(stamp) - inMilliseconds(replacedFiles) - lost,
      );
      return { changed: removed + files > 0, removed, files };
    }),

    /** Writes what was measured in the `last` time as a page, and as Markdown. Errors: `NothingMeasured`, `StateUnusable`. */
    reportPerformance: unclaimed(
      async (stamp: Stamp, last: Duration): Promise<PerformanceSummary> => {
        // Plots are of no use to other jobs.
        const { writePerformance } = await import('./write-performance.ts');
        return writePerformance(target, stamp, last);
      },
    ),

    /** Begins a new audit file when this one is full, or of another year. */
    rotateAudit: acting(async (stamp: Stamp): Promise<{ changed: boolean; file?: string }> => {
      const file = rotateAudit(target, stamp, inBytes(auditSize));
      return file === undefined ? { changed: false } : { changed: true, file };
    }),
  };

  /** What of the last runs' time is only a clock that jumped forward, or nobody there, in ms: nothing has grown older by that. */
  function lostTo(stamp: Stamp): number {
    const times = newestStoredRuns(target, LOOKED_AT).map((run) =>
      timeOf(run.slice(run.lastIndexOf('/') + 1)),
    );
    const first = Math.min(...times);
    if (times.length === 0) return 0;
    return timeOf(stamp) - first - steadyAge(times, timeOf(stamp), LEAST)(first);
  }
}
