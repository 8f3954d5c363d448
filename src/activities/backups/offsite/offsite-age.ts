import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Verdict } from '../../../figures/figure.ts';
import { readOffsiteRecords } from './offsite-records.ts';
import { catalogueOf } from '../catalogue/catalogue.ts';

export interface OffsiteAge {
  /** Of the newest copy off-site; where there is none, of the oldest backup that waits for it. In ms. */
  readonly age: number;
  readonly verdict: Extract<Verdict, 'ok' | 'warning' | 'critical'>;
  readonly limit: string;
  /** Without its end. */
  readonly text: string;
}

/** How long ago what lies off-site was live, by what the bucket last said. Undefined: nothing goes there, or there is no backup yet. */
export function offsiteAge(
  target: Pick<Target, 'backups' | 'state'>,
  now: number,
): OffsiteAge | undefined {
  const { offsite } = target.backups;
  if (!offsite) return undefined;
  const newest = readOffsiteRecords(target).find(({ goneAt }) => goneAt === undefined);
  const takenAt = newest?.takenAt ?? oldestWaiting(target, offsite.classes);
  if (takenAt === undefined) return undefined;
  const age = Math.max(now - Date.parse(takenAt), 0);
  const { warning, critical } = offsite.age;
  const text = newest
    ? `the newest off-site, ${newest.id}, was seen whole there on ${newest.verifiedAt}`
    : `none is off-site, and the oldest waits since ${takenAt}`;
  if (age > inMilliseconds(critical))
    return { age, verdict: 'critical', limit: `critical above ${critical}`, text };
  const verdict = age > inMilliseconds(warning) ? 'warning' : 'ok';
  return { age, verdict, limit: `warning above ${warning}`, text };
}

function oldestWaiting(
  target: Pick<Target, 'backups' | 'state'>,
  classes: readonly string[],
): string | undefined {
  return catalogueOf(target).backups.findLast(
    ({ state, class: kind }) => state === 'verified' && classes.includes(kind ?? ''),
  )?.takenAt;
}
