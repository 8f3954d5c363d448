import type { Figure } from '../../../figures/figure.ts';
import { offsiteAge } from '../../backups/offsite/offsite-age.ts';
import { measured, notApplicable, type Sampling } from '../sampling.ts';

/** `backups.offsite`: how old the newest copy on other premises is, by what the bucket last said. Nobody is asked for it. */
export async function offsite(sampling: Sampling): Promise<readonly Figure[]> {
  const { target, at } = sampling;
  const name = 'backups.offsite';
  const policy = target.backups.offsite;
  if (!policy)
    return [
      notApplicable(sampling, name, 'seconds', 'backups.offsite', 'The policy names no bucket'),
    ];
  const source = `s3://${policy.bucket}, as it last answered`;
  const found = offsiteAge(target, Date.parse(at));
  if (!found)
    return [notApplicable(sampling, name, 'seconds', source, 'There is no backup to send yet')];
  const { age, verdict, limit, text } = found;
  const note = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return [
    measured(
      sampling,
      name,
      { value: age / 1000, unit: 'seconds', source, note },
      { verdict, limit },
    ),
  ];
}
