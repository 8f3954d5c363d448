import { z } from 'zod';
import { Group } from '../../activities/updates/packages/plan.ts';
import { upTo } from '../../config/border/texts.ts';
import { Stamp } from '../../config/time/stamp.ts';
import { none, type Rows, stamp } from './rows.ts';

/** What works on the machine. */
export const host = {
  'evidence.keep': z.tuple([upTo(1000, z.string())]),
  'host.disks': none,
  'host.port': none,
  'host.resources': none,
  'hostClaim.release': none,
  'hostClaim.take': stamp,
  'updates.find': none,
  'updates.install': z.tuple([Stamp, Group]),
  'updates.keep': z.tuple([
    Stamp,
    z.string().regex(/^[0-9a-f]{64}$/, 'Expected a sha256'),
    z.enum(['refuse', 'accept']),
  ]),
  'updates.left': none,
  'updates.mend': stamp,
  'updates.policy': none,
  'updates.restore': stamp,
  'updates.scanAdvisories': none,
  'updates.scanCode': none,
} satisfies Partial<Rows>;
