import { z } from 'zod';
import { upTo } from '../../config/border/texts.ts';
import { none, type Rows, stamp } from './rows.ts';

/** What works on the machine. */
export const host = {
  'evidence.keep': z.tuple([upTo(1000, z.string())]),
  'host.disks': none,
  'host.port': none,
  'host.resources': none,
  'hostClaim.release': none,
  'hostClaim.take': stamp,
} satisfies Partial<Rows>;
