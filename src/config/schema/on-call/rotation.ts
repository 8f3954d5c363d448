import { z } from 'zod';
import { DurationAboveZero, inMilliseconds } from '../../time/duration.ts';
import { isLocal, Timezone, WeekTime, WrittenTime } from '../values/times.ts';

const DAY = inMilliseconds('1d');

/**
 * The members take turns, in their order. With `timezone` they hand over at the same hour of its clock all the year round; without it
 * each turn is as long as the others, in UTC.
 */
export const Rotation = z
  .strictObject({
    every: DurationAboveZero.default('7d'),
    /** When the first turn began. With `at`: not before. */
    since: WrittenTime.optional(),
    /** `MONDAY 09:00` or `09:00`: when they hand over. */
    at: WeekTime.optional(),
    timezone: Timezone.optional(),
  })
  .superRefine(({ every, since, at, timezone }, context) => {
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (since === undefined && at === undefined)
      return refuse(
        [],
        'Expected "since", when the first turn began, or "at", such as "MONDAY 09:00"',
      );
    if (timezone === undefined) {
      if (at !== undefined) return refuse(['at'], 'Expected "timezone" beside it: whose clock?');
      if (isLocal(since!)) return refuse(['since'], ZONELESS);
      return;
    }
    // Of the clock's hours some come twice, and some not at all.
    const days = inMilliseconds(every) / DAY;
    if (!Number.isInteger(days))
      return refuse(['every'], 'Expected whole days, such as "1d" or "7d", beside "timezone"');
    if (at?.includes(' ') && days % 7 !== 0)
      return refuse(['every'], `Expected whole weeks, such as "7d", to hand over each "${at}"`);
  });
export type Rotation = z.infer<typeof Rotation>;

/** Somebody stands in for whoever is on call. */
export const Override = z
  .strictObject({
    from: WrittenTime,
    until: WrittenTime,
    /** Anybody, whether a member or not. */
    member: z.string().min(1),
    /** Of times without one. Default: that of the rotation. */
    timezone: Timezone.optional(),
  })
  // What is no time has been reported already.
  .refine(({ from, until }) => !(roughly(until) <= roughly(from)), {
    path: ['until'],
    error: 'Expected a time after "from"',
  });
export type Override = z.infer<typeof Override>;

/** Why a time cannot be told. */
export const ZONELESS =
  'Expected a time with its zone, such as "2026-01-04T09:00:00Z", or "timezone" beside it';

function roughly(text: string): number {
  return Date.parse(isLocal(text) ? `${text}Z` : text);
}
