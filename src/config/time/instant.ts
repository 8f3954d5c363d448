import { z } from 'zod';

const Written = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

/**
 * A time as people write it, in ms since 1970: `2026-01-05`, which begins in UTC, or `2026-01-05T02:00Z`, with its zone. Undefined: it is
 * none. `Date` itself takes the 30th of February for a day in March, and a number for a year.
 */
export function instantOf(text: string): number | undefined {
  return Written.safeParse(text).success ? Date.parse(text) : undefined;
}
