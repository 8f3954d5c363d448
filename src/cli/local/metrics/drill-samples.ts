import type { Target } from '../../../config/schema/target.ts';
import { readDrills } from '../../../state/drill-history.ts';
import type { Sample } from './metrics-text.ts';

/** From the history of a target's restore drills. Errors: those of the file system. */
export function drillSamples(target: Pick<Target, 'name' | 'state'>): Sample[] {
  const proven = readDrills(target).findLast(({ verdict }) => verdict === 'proven');
  const labels = { target: target.name };
  const rto = proven?.rtoMilliseconds;
  return [
    {
      name: 'runbook_restore_drill_last_proven_timestamp_seconds',
      labels,
      value: proven ? Date.parse(proven.at) / 1000 : 0,
    },
    ...(rto === undefined
      ? []
      : [
          {
            name: 'runbook_restore_drill_duration_seconds',
            labels,
            value: rto / 1000,
          } as const,
        ]),
  ];
}
