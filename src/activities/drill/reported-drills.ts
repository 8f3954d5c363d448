import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { ReportedDrills } from '../../report/run/reported-run.ts';
import { readDrills } from '../../state/drill-history.ts';

/** More dots than these are no picture any more: a year of weekly drills. */
const SHOWN = 60;

/** What a drill's report shows of the drills before it. */
export function reportedDrills({
  state,
  backups,
}: Pick<Target, 'state' | 'backups'>): ReportedDrills {
  const { rto, rpo } = backups.goals ?? {};
  return {
    records: readDrills({ state }).slice(-SHOWN),
    goals: {
      ...(rto !== undefined && { rtoMilliseconds: inMilliseconds(rto) }),
      ...(rpo !== undefined && { rpoMilliseconds: inMilliseconds(rpo) }),
    },
  };
}
