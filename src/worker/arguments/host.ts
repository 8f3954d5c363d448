import { z } from 'zod';
import { Group } from '../../activities/updates/packages/plan.ts';
import { upTo } from '../../config/border/texts.ts';
import { Stamp } from '../../config/time/stamp.ts';
import { none, type Rows, stamp } from './rows.ts';
import { BlockRequest, SecurityReport } from './security-shapes.ts';

/** What works on the machine. */
export const host = {
  'evidence.keep': z.tuple([upTo(1000, z.string())]),
  'host.disks': none,
  'host.port': none,
  'host.resources': none,
  'hostClaim.release': none,
  'hostClaim.take': stamp,
  'security.authentication': none,
  'security.block': z.tuple([BlockRequest]),
  'security.changes': none,
  'security.collect': stamp,
  'security.database': none,
  'security.dependencies': none,
  'security.https': none,
  'security.logins': none,
  'security.permissions': none,
  'security.personalData': none,
  'security.propose': z.tuple([upTo(1000, z.string().max(100)), z.string().max(20).optional()]),
  'security.report': z.tuple([Stamp, SecurityReport]),
  'security.restoreBlocks': none,
  'security.secrets': none,
  'security.suspicious': none,
  'security.unblock': none,
  'security.updates': none,
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
