import { z } from 'zod';
import { Label, Moment } from '../../config/border/texts.ts';
import { Run, Way } from './shapes.ts';
import { none, type Rows } from './rows.ts';

/** What people hear, or are kept from hearing. */
export const people = {
  'alerts.lift': z.tuple([Run.optional()]),
  'alerts.suppress': z.tuple([Moment, z.string(), z.string().min(1).optional()]),
  'channels.find': none,
  'channels.ping': z.tuple([Label, Moment]),
  'channels.test': z.tuple([Way, Moment]),
  'procedures.find': none,
  'procedures.remind': z.tuple([Label, Moment]),
} satisfies Partial<Rows>;
