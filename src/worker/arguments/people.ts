import { z } from 'zod';
import { Learned } from '../../activities/procedures/learned.ts';
import { Label, Moment, upTo } from '../../config/border/texts.ts';
import { Run, Way } from './shapes.ts';
import { none, type Rows } from './rows.ts';
import { Emergency, Fingerprint } from './security-shapes.ts';

/** What people hear, or are kept from hearing. */
export const people = {
  'alerts.lift': z.tuple([Run.optional()]),
  'alerts.suppress': z.tuple([Moment, z.string(), z.string().min(1).optional()]),
  'channels.deposit': z.tuple([z.string(), z.string(), Moment]),
  'channels.find': none,
  'channels.ping': z.tuple([Label, Moment]),
  'channels.test': z.tuple([Way, Moment]),
  'procedures.find': none,
  'procedures.learn': z.tuple([Learned]),
  'procedures.remind': z.tuple([Label, Moment]),
  'responders.assign': z.tuple([Fingerprint, upTo(50, z.string().min(1).max(300))]),
  'responders.call': z.tuple([Emergency]),
  'responders.escalate': z.tuple([Fingerprint, z.string().max(1000)]),
  'responders.note': z.tuple([Fingerprint, z.string().min(1).max(4000)]),
} satisfies Partial<Rows>;
