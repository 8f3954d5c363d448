import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { readDrills } from '../../state/drill-history.ts';
import { storedRuns } from '../../state/run-reports.ts';

/** A report is read as what somebody else may have written. */
const Ended = z.object({
  endedAt: z.iso.datetime(),
  ending: z.object({
    runbook: z.string(),
    mode: z.enum(['live', 'plan']),
    outcome: z.string(),
  }),
});

/** Whoever went through it to its end has practised it: also when it was put back. */
const practises = new Set(['done', 'partly', 'undone']);

/**
 * When each runbook was last run beside this target, in ms since 1970, as far as its reports are kept. A plan is no practice; a drill that proved the
 * recovery is one of `database-recovery`.
 */
export function lastPractised(
  target: Pick<Target, 'name' | 'state'>,
): (runbook: string) => number | undefined {
  const last = new Map<string, number>();
  for (const report of storedRuns(target, '/')) {
    const parsed = Ended.safeParse(report);
    if (!parsed.success) continue;
    const { endedAt, ending } = parsed.data;
    if (ending.mode === 'live' && practises.has(ending.outcome))
      note(ending.runbook, Date.parse(endedAt));
  }
  for (const { at, verdict } of readDrills(target))
    if (verdict === 'proven') note('database-recovery', Date.parse(at));
  return (runbook) => last.get(runbook);

  function note(runbook: string, at: number): void {
    if (Number.isNaN(at)) return;
    last.set(runbook, Math.max(at, last.get(runbook) ?? 0));
  }
}
