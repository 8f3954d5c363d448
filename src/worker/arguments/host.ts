import { z } from 'zod';
import { upTo } from '../../config/border/texts.ts';
import { none, type Rows } from './rows.ts';

/** What works on the machine. */
export const host = {
  'evidence.keep': z.tuple([upTo(1000, z.string())]),
  'host.disks': none,
  'host.port': none,
  'host.resources': none,
} satisfies Partial<Rows>;
