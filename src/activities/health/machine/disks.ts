import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { type Disk, disksOf } from '../../host/disks.ts';
import { type Limits, limitsOf } from '../judging/judged.ts';
import { measured, type Sampling } from '../sampling.ts';

/** Where the policy says nothing: without a free inode no file can be made, and SQLite needs one for each journal. */
const INODES: Limits = { critical: { text: '95%', value: 0.95 }, bad: 'above' };

/** `disk.used <place>` and `disk.inodes <place>`, for each disk on which the target lies. */
export async function disks(sampling: Sampling): Promise<readonly Figure[]> {
  return disksOf(sampling.target).flatMap((disk) => [used(sampling, disk), inodes(sampling, disk)]);
}

function used(sampling: Sampling, { place, used: value, available }: Disk): Figure {
  const full = available < 1024 * 1024;
  const limits = limitsOf(sampling.target, 'disk');
  const reading = {
    value,
    unit: 'ratio',
    source: `statfs ${place}`,
    note: `${percent(value)} used, ${inMebibytes(available)} left`,
  } as const;
  return full
    ? measured(
        sampling,
        `disk.used ${place}`,
        { ...reading, note: `Full: ${reading.note}` },
        { verdict: 'critical', limit: 'critical below 1 MiB left' },
      )
    : measured(sampling, `disk.used ${place}`, reading, limits);
}

function inodes(sampling: Sampling, { place, inodes: value }: Disk): Figure {
  const limits = limitsOf(sampling.target, 'inodes');
  return measured(
    sampling,
    `disk.inodes ${place}`,
    {
      value,
      unit: 'ratio',
      source: `statfs ${place}`,
      note: `${percent(value)} of its inodes used`,
    },
    limits.warning || limits.critical ? limits : INODES,
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
