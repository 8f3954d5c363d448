import { z } from 'zod';
import { type Duration, inMilliseconds } from './duration.ts';
import { instantOf } from './instant.ts';

/** Until when something is so, as people write it: how long, or a time with its zone. At most a year from now. */
export const Until = z
  .string()
  .refine((text) => timeOf(text) !== undefined, {
    error: 'Expected how long, such as "4h", or until when, such as "2026-01-05T04:00Z"',
    abort: true,
  })
  .refine((text) => timeOf(text)! <= Date.now() + inMilliseconds(YEAR), 'Expected at most a year');
export type Until = z.infer<typeof Until>;

const YEAR: Duration = '366d';

/** In ISO 8601, UTC. */
export function endOf(until: Until, now = Date.now()): string {
  return new Date(timeOf(until, now)!).toISOString();
}

function timeOf(text: string, now = Date.now()): number | undefined {
  const length = inMilliseconds(text);
  if (!Number.isNaN(length)) return now + length;
  return text.includes('T') ? instantOf(text) : undefined;
}
