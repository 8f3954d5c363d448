import { z } from 'zod';

/** A UTC second as it stands in names of runs and artefacts, e.g. `20260105_020000`. */
export const Stamp = z.string().regex(/^\d{8}_\d{6}$/, 'Expected YYYYMMDD_HHMMSS');
export type Stamp = z.infer<typeof Stamp>;

/** The next second. */
export function stampAfter(stamp: Stamp): Stamp {
  const iso = stamp.replace(/^(....)(..)(..)_(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');
  return stampOf(new Date(Date.parse(iso) + 1000));
}

export function stampOf(time: Date): Stamp {
  return time.toISOString().replaceAll(/[-:]/g, '').replace('T', '_').slice(0, 15);
}

/** In ms since 1970. */
export function timeOf(stamp: Stamp): number {
  return Date.parse(stamp.replace(/^(....)(..)(..)_(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'));
}
