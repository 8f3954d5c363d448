import { lastPractised } from '../../../activities/procedures/last-practised.ts';
import { type Learned, learnedFor } from '../../../activities/procedures/learned.ts';
import { day, nextReview } from '../../../activities/procedures/overdue.ts';
import { targetFor } from '../../input/target-for.ts';

/** How a runbook is kept alive for a target. Days such as `2026-07-18`. */
interface Care {
  /** Of `contacts`. */
  readonly owner?: string;
  readonly nextReview?: string;
  readonly approvedBy?: string;
  /** Missing: no report of one is kept. */
  readonly lastRun: string | undefined;
  /** What reviews of incidents have taught, the newest first. */
  readonly learned: readonly Learned[];
}

/** Who owns each runbook of a target, by its "procedures", and when it was run last, by the reports beside it. Error: `UsageError`. */
export function careOf(target: string | undefined): (runbook: string) => Care {
  const found = targetFor(target);
  const { procedures } = found;
  const practised = lastPractised(found);
  return (runbook) => {
    const last = practised(runbook);
    const own = procedures?.runbooks[runbook];
    const owner = own?.owner ?? procedures?.owner;
    const reviewed = own?.reviewed ?? procedures?.reviewed;
    const every = own?.reviewEvery ?? procedures?.reviewEvery;
    const approvedBy = own?.approvedBy ?? procedures?.approvedBy;
    return {
      ...(owner !== undefined && { owner }),
      ...(reviewed !== undefined && every && { nextReview: day(nextReview(reviewed, every)) }),
      ...(approvedBy !== undefined && { approvedBy }),
      lastRun: last === undefined ? undefined : day(last),
      learned: learnedFor(found, runbook),
    };
  };
}
