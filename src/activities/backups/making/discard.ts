import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { whyUnread } from '../catalogue/catalogue.ts';
import { openMaking } from './making.ts';
import { isSealedBy } from './seal.ts';

export interface Discarded {
  readonly changed: boolean;
  /** The backup is finished all the same: it is whole and proven, and stays. */
  readonly sealed: boolean;
  /** The second disk, when it is finished there. */
  readonly copy?: string;
}

/** Removes what `run` was making, on each disk. */
export function discard({ backups }: Target, run: string, stamp: Stamp): Discarded {
  const { directory, copy } = backups;
  const here = openMaking(directory, stamp, run).discard();
  const sealed = isSealedBy(run, directory, stamp);
  // It may not be mounted, or be a link that is not followed: then nothing was made there.
  if (copy === undefined || whyUnread(copy) !== undefined) return { changed: here, sealed };
  const there = openMaking(copy, stamp, run).discard();
  const copied = isSealedBy(run, copy, stamp);
  return { changed: here || there, sealed, ...(copied && { copy }) };
}
