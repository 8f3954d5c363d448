import { z } from 'zod';
import { canonicalBlock } from '../../activities/security/block/network.ts';
import { isTooWide } from '../../activities/security/block/widest.ts';
import { someWords, upTo, words } from '../../config/border/texts.ts';
import { UpToAYear } from '../../config/time/duration.ts';

export const Fingerprint = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'Expected a-z, 0-9 and dashes');

export const Emergency = z.strictObject({
  fingerprint: Fingerprint,
  title: someWords(300),
  details: words(8000),
});

/** In one spelling only: what goes into a rule of the firewall is an address or a network, and nothing else. */
const Address = z
  .string()
  .max(49)
  .refine((text) => canonicalBlock(text) === text && !isTooWide(text), 'Expected an address');

export const BlockRequest = z.strictObject({
  addresses: upTo(100, Address).refine((all) => all.length > 0, 'Expected an address'),
  for: UpToAYear,
  reason: words(1000),
});

export const SecurityReport = z.strictObject({
  incident: z.string().max(1000),
  type: z.string().max(2000).optional(),
  description: z.string().max(4000).optional(),
  actions: upTo(50, z.string().max(4000)),
});
