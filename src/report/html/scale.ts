import { durationText } from '../times.ts';

interface Tick {
  /** Per cent of the width. */
  readonly at: string;
  readonly label: string;
  readonly anchor: 'start' | 'middle' | 'end';
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What people count in, in milliseconds. */
const STEPS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((count) => count * HOUR),
];

/** No more fit on a phone. */
const MAX_TICKS = 4;

/** Places on a picture that is as wide as the time from `begin` to `end`, in milliseconds since 1970. */
export function openScale(begin: number, end: number) {
  const span = Math.max(end - begin, 1);
  const percent = (milliseconds: number) =>
    `${Math.min(Math.max((milliseconds / span) * 100, 0), 100).toFixed(2)}%`;

  return {
    /** Where a time is, or how wide the time since `since` is. */
    share: (time: number, since = begin): string => percent(time - since),
    ticks: durationTicks(span).map(({ after, label }): Tick => {
      const isLast = after / span > 0.9;
      const anchor = after === 0 ? 'start' : isLast ? 'end' : 'middle';
      return { at: percent(after), label, anchor };
    }),
  };
}

/** Round durations from 0 up to `span`, in milliseconds. */
export function durationTicks(span: number): { readonly after: number; readonly label: string }[] {
  const step =
    STEPS.find((step) => span / step <= MAX_TICKS) ?? Math.ceil(span / MAX_TICKS / HOUR) * HOUR;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => {
    const after = index * step;
    return { after, label: tickText(after) };
  });
}

function tickText(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  if (milliseconds < SECOND) return `${milliseconds} ms`;
  if (milliseconds < MINUTE) return `${milliseconds / SECOND} s`;
  if (milliseconds < HOUR && milliseconds % MINUTE === 0) return `${milliseconds / MINUTE} min`;
  return durationText(milliseconds);
}
