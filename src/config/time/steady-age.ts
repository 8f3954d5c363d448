const MIN_POINTS = 14;

/**
 * Ages that a clock which jumps forward cannot make: between two things that come again and again, such as backups, no more counts as passed
 * than twice their usual distance, and `least` at any rate. What came before a gap, be it that the clock was wrong or that nothing came,
 * grows older only while new ones come. With fewer than 14 of them nothing is known of their distance, and the clock counts.
 *
 * `points` are their times, `now` the clock's, all in ms since 1970, as is what the answer takes; it gives ms.
 */
export function steadyAge(
  points: readonly number[],
  now: number,
  least: number,
): (time: number) => number {
  const known = points.filter((point) => point <= now).toSorted((one, other) => one - other);
  const ends = [...known, now];
  const gaps = known.map((from, at) => ({ from, gap: ends[at + 1]! - from }));
  if (gaps.length < MIN_POINTS) return (time) => now - time;
  const median = gaps.map(({ gap }) => gap).toSorted((one, other) => one - other)[
    gaps.length >> 1
  ]!;
  const most = Math.max(least, 2 * median);
  const jumps = gaps.filter(({ gap }) => gap > most);
  return (time) =>
    now -
    time -
    jumps.filter(({ from }) => from >= time).reduce((sum, { gap }) => sum + gap - most, 0);
}
