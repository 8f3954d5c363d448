import { dirname } from 'node:path';
import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { type Limits, limitsOf } from '../judging/judged.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';
import { diskOf, type SeenDisk } from './disk-of.ts';

/** Where the policy says nothing: without a free inode no file can be made, and SQLite needs one for each journal. */
const INODES: Limits = { critical: { text: '95%', value: 0.95 }, bad: 'above' };

/** `disk.used <place>` and `disk.inodes <place>`, for each disk on which the target lies. One that does not answer hides no other. */
export async function disks(sampling: Sampling): Promise<readonly Figure[]> {
  const { directory, database, state, backups } = sampling.target;
  const places = new Set(
    [dirname(database.file), directory, state, backups.directory, backups.copy ?? []].flat(),
  );
  const seen = new Set<string>();
  const asked = await Promise.all(
    [...places].map(async (place) => ({ place, disk: await diskOf(place) })),
  );
  return asked.flatMap(({ place, disk }) => {
    if (!disk) return silent(sampling, place);
    if (seen.has(disk.device)) return [];
    seen.add(disk.device);
    return [used(sampling, disk), inodes(sampling, disk)];
  });
}

function silent(sampling: Sampling, place: string): Figure[] {
  const why = 'The disk does not answer';
  return ['disk.used', 'disk.inodes'].map((name) =>
    unknown(sampling, `${name} ${place}`, 'ratio', `statfs ${place}`, why),
  );
}

function used(sampling: Sampling, { place, used: value, available }: SeenDisk): Figure {
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
