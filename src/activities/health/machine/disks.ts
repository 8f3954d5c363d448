import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import type { SeenDisk } from '../../host/disk-of.ts';
import { disksOf, NEXT_TO_NOTHING } from '../../host/disks.ts';
import { type Limits, limitsOf } from '../judging/judged.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';

/** Where the policy says nothing: without a free inode no file can be made, and SQLite needs one for each journal. */
const INODES: Limits = { critical: { text: '95%', value: 0.95 }, bad: 'above' };

/** `disk.used <place>` and `disk.inodes <place>`, for each disk on which the target lies, and `disks.hung`: how many do not answer. */
export async function disks(sampling: Sampling): Promise<readonly Figure[]> {
  const { seen, hung } = await disksOf(sampling.target);
  return [
    ...seen.flatMap((disk) => [used(sampling, disk), inodes(sampling, disk)]),
    ...hung.flatMap((place) => silent(sampling, place)),
    answer(sampling, hung),
  ];
}

/** What is unknown opens no incident: that a disk hangs is known. */
function answer(sampling: Sampling, hung: readonly string[]): Figure {
  const note =
    hung.length === 0
      ? 'Every disk answers'
      : `The disk of ${hung.map((place) => `"${place}"`).join(' and of ')} does not answer`;
  return measured(
    sampling,
    'disks.hung',
    { value: hung.length, unit: 'count', source: 'statfs', note },
    { verdict: hung.length === 0 ? 'ok' : 'critical', limit: 'critical from 1' },
  );
}

function silent(sampling: Sampling, place: string): Figure[] {
  const why = 'The disk does not answer';
  return ['disk.used', 'disk.inodes'].map((name) =>
    unknown(sampling, `${name} ${place}`, 'ratio', `statfs ${place}`, why),
  );
}

function used(sampling: Sampling, { place, used: value, available }: SeenDisk): Figure {
  const full = available < NEXT_TO_NOTHING;
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

function inodes(sampling: Sampling, { place, inodes: value }: SeenDisk): Figure {
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
