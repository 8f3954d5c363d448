import { inMilliseconds } from '../config/duration.ts';
import type { Stamp } from '../config/stamp.ts';
import type { Target } from '../config/target.ts';
import { inBytes } from '../config/target/quantities.ts';
import { acting } from './support/acting.ts';
import { rotateAudit } from './support/audit-file.ts';
import { timeOf } from './support/logs/due.ts';
import { removeRunFiles } from './support/run-files.ts';

/** What runs have left beside the target: reports, which are kept for a time, and the audit, which is kept. */
export function recordActivities(target: Target) {
  const { keep, auditSize } = target.records;
  return {
    /** Removes the reports of runs that ended longer ago than they are kept. */
    prune: acting(async (stamp: Stamp): Promise<{ changed: boolean; removed: number }> => {
      const removed = removeRunFiles(target, timeOf(stamp) - inMilliseconds(keep));
      return { changed: removed > 0, removed };
    }),

    /** Begins a new audit file when this one is full, or of another year. */
    rotateAudit: acting(async (stamp: Stamp): Promise<{ changed: boolean; file?: string }> => {
      const file = rotateAudit(target, stamp, inBytes(auditSize));
      return file === undefined ? { changed: false } : { changed: true, file };
    }),
  };
}
