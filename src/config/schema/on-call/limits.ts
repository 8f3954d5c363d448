import { z } from 'zod';
import { type Duration, DurationAboveZero, inMilliseconds, isUpTo } from '../../time/duration.ts';

/** So long it is remembered when messages went out. */
export const LONGEST_LIMIT = '3h';

/** So many messages in such a time: `5 per 15m`. */
const Rate = z
  .string()
  .regex(/^[1-9]\d{0,2} per \d+(s|m|h)$/, 'Expected a rate, such as "5 per 15m"')
  .refine(
    (rate) => !/ 0+\D$/.test(rate) && isUpTo(LONGEST_LIMIT)(lengthOf(rate)),
    `Expected a time above zero, and at most "${LONGEST_LIMIT}"`,
  )
  // No more are remembered.
  .refine((rate) => Number.parseInt(rate, 10) <= 100, 'Expected at most 100 messages');
const Rates = z.array(Rate).min(1).max(10);

/**
 * How many messages one person gets by one channel: people still read, and answer, so many. The figures are GoAlert's
 * (engine/message/ratelimit.go of target/goalert): for its status notifications, its calls, and its text messages.
 */
export const Limits = z.strictObject({
  /** What asks nobody to act. */
  notes: Rates.default(['1 per 3m', '3 per 20m', '8 per 2h']),
  /** Pages by what rings. */
  calls: Rates.default(['3 per 15m', '7 per 1h', '15 per 3h']),
  /** Pages by what does not. */
  pages: Rates.default(['5 per 15m', '11 per 1h', '21 per 3h']),
  /** What is new and as grave as can be is told at once: nobody can take more of them than these, one by one. */
  fresh: Rates.default(['10 per 1m']),
  /** Who has to act hears of it by then, however much there was. */
  wait: DurationAboveZero.refine(
    isUpTo(LONGEST_LIMIT),
    `Expected at most "${LONGEST_LIMIT}"`,
  ).default('15m'),
});
export type Limits = z.infer<typeof Limits>;

/** `per` in milliseconds. */
export interface Rated {
  readonly count: number;
  readonly per: number;
}

export function ratedOf(rate: string): Rated {
  return { count: Number.parseInt(rate, 10), per: inMilliseconds(lengthOf(rate)) };
}

function lengthOf(rate: string): Duration {
  return rate.split(' per ')[1] ?? '';
}
