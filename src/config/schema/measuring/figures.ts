import { z } from 'zod';
import { Duration, inMilliseconds } from '../../time/duration.ts';

/** A sample takes some seconds where something hangs, */
const SHORTEST = inMilliseconds('10s');
/** and what is seen less often is no watch. */
const LONGEST = inMilliseconds('1h');

const Every = z
  .string()
  .regex(/^(off|\d+(ms|s|m|h|d))$/, 'Expected a number and s, m or h, such as "1m", or "off"')
  .refine(
    (every) => every === 'off' || !isOutside(inMilliseconds(every)),
    'Expected "10s" to "1h", or "off"',
  );

/** How often a target is measured, and how long that is kept. 40 figures each minute take less than 60 MB a year. */
export const Figures = z.strictObject({
  /** `off`: nothing is measured by itself, and nobody hears that the application is down. */
  every: Every.default('1m'),
  keep: z
    .strictObject({
      /** As measured. */
      raw: Duration.default('14d'),
      /** By the hour, with percentiles. */
      hours: Duration.default('365d'),
    })
    .refine(
      ({ raw }) => !(inMilliseconds(raw) < inMilliseconds('1d')),
      'Expected "raw" to be at least "1d": hours are made of it',
    )
    .refine(
      ({ raw, hours }) => !(inMilliseconds(hours) < inMilliseconds(raw)),
      'Expected "hours" to be at least "raw"',
    )
    .prefault({}),
});

function isOutside(length: number): boolean {
  return length < SHORTEST || length > LONGEST;
}
