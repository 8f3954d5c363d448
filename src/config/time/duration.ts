import { z } from 'zod';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const Length = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, 'Expected a number and ms, s, m, h or d, such as "30s"');

/** A length of time as people write it: `30s`, `4h`. At most a hundred years: no date is so far away that it cannot be written. */
export const Duration = Length.refine(isUpTo('36500d'), 'Expected at most "36500d"');
export type Duration = z.infer<typeof Duration>;

/** The same, of what happens again and again, or must be over some time. */
export const DurationAboveZero = Duration.refine(
  (length) => !/^0+\D/.test(length),
  'Expected a length above zero',
);

/** What somebody switches, or stops, for a while: who means for longer than a year means for ever. */
export const UpToAYear = Length.refine(isUpTo('366d'), 'Expected at most "366d"');

/** NaN for what is none: a schema compares two of them also when one is spelt wrong, and that is told already. */
export function inMilliseconds(duration: Duration): number {
  const [, amount, unit] = /^(\d+)(\D+)$/.exec(duration) ?? [];
  return Number(amount) * units[unit as keyof typeof units];
}

/** True for what is no length, which is told already. */
export function isUpTo(most: string): (text: string) => boolean {
  return (text) => !(inMilliseconds(text) > inMilliseconds(most));
}
