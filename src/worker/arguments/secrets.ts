import { z } from 'zod';
import { Moment } from '../../config/border/texts.ts';
import { Stamp } from '../../config/time/stamp.ts';
import { type Rows, stamp } from './rows.ts';

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'Expected the name of a secret');

/** What the activities of secrets take: never a value. */
export const secrets = {
  'secrets.admit': stamp,
  'secrets.complete': stamp,
  'secrets.differ': stamp,
  'secrets.dismiss': stamp,
  'secrets.expectAccepted': stamp,
  'secrets.expectRefused': stamp,
  'secrets.find': z.tuple([name]),
  'secrets.finish': z.tuple([Stamp, name, Moment]),
  'secrets.forget': stamp,
  'secrets.generate': z.tuple([Stamp, name]),
  'secrets.putBack': stamp,
  'secrets.write': stamp,
} satisfies Partial<Rows>;
