import type { Procedures } from '../../config/schema/oversight/procedures.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';

/** Something that its owner should have done. */
export interface Overdue {
  /** Of `contacts`. */
  readonly owner: string;
  /** The runbook; missing: all that say nothing of their own. */
  readonly runbook?: string;
  readonly kind: 'review' | 'practice';
  /** A sentence. */
  readonly text: string;
}

/** What is overdue at `now`, in ms since 1970. `practised`: when a runbook was last run or drilled, in ms since 1970. */
export function overdueOf(
  procedures: Procedures,
  practised: (runbook: string) => number | undefined,
  now: number,
): Overdue[] {
  const { owner, reviewEvery, practiseEvery, practise, runbooks } = procedures;
  const reviews = [
    review(owner, undefined, procedures),
    ...Object.entries(runbooks)
      // One that says nothing of a review of its own is part of all.
      .filter(([, own]) => own.reviewed !== undefined || own.reviewEvery !== undefined)
      .map(([name, own]) => review(own.owner ?? owner, name, own)),
  ];
  const practices = [...new Set(practise)].map((runbook): Overdue | undefined => {
    const own = runbooks[runbook];
    const every = own?.practiseEvery ?? practiseEvery;
    const last = practised(runbook);
    if (last !== undefined && now - last <= inMilliseconds(every)) return undefined;
    const since =
      last === undefined ? 'no run of it is on record' : `its last run was on ${day(last)}`;
    const text = `"${runbook}": to be practised every ${every}, and ${since}`;
    return { owner: own?.owner ?? owner, runbook, kind: 'practice', text };
  });
  return [...reviews, ...practices].filter((one) => one !== undefined);

  function review(
    who: string,
    runbook: string | undefined,
    own: { reviewed?: string | undefined; reviewEvery?: Duration | undefined },
  ): Overdue | undefined {
    const every = own.reviewEvery ?? reviewEvery;
    const reviewed = own.reviewed ?? procedures.reviewed;
    const due = reviewed === undefined ? undefined : nextReview(reviewed, every);
    if (due !== undefined && now <= due) return undefined;
    const what = runbook === undefined ? 'All procedures' : `"${runbook}"`;
    const last = due === undefined ? 'no review is on record' : `a review was due on ${day(due)}`;
    const text = `${what}: to be reviewed every ${every}, and ${last}`;
    return { owner: who, ...(runbook !== undefined && { runbook }), kind: 'review', text };
  }
}

/** ms since 1970. */
export function nextReview(reviewed: string, every: Duration): number {
  return Date.parse(reviewed) + inMilliseconds(every);
}

export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
