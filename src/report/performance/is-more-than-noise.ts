/** Fewer days on one side prove nothing: of 4 and 4, chance alone gives the most extreme order in 3 of 100 cases. */
const FEWEST = 5;
/** A report compares some 15 series twice: at 5 % each week would have a false one. */
const LEVEL = 0.01;

/**
 * Whether two groups of days differ by more than chance: the exact test of their ranks (Wilcoxon, Mann and Whitney), by all ways to
 * divide these days. Days, not samples: those of one hour are alike, and 10 000 of them would make news of anything. Undefined: there are
 * too few days.
 */
export function isMoreThanNoise(
  before: readonly number[],
  after: readonly number[],
): boolean | undefined {
  if (Math.min(before.length, after.length) < FEWEST) return undefined;
  const ranks = doubledRanks([...before, ...after]);
  const seen = sumOf(ranks.slice(before.length));
  const ways = waysToSum(ranks, after.length);
  const middle = (sumOf(ranks) * after.length) / ranks.length;
  let all = 0;
  let asFar = 0;
  for (const [sum, count] of ways) {
    all += count;
    if (Math.abs(sum - middle) >= Math.abs(seen - middle)) asFar += count;
  }
  return asFar / all <= LEVEL;
}

/** Twice the rank, so that those that share one are whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** In how many ways `count` of some numbers have which sum. */
function waysToSum(numbers: readonly number[], count: number): ReadonlyMap<number, number> {
  const ways: Map<number, number>[] = Array.from({ length: count + 1 }, () => new Map());
  ways[0]!.set(0, 1);
  for (const number of numbers)
    for (let taken = count; taken > 0; taken -= 1)
      for (const [sum, more] of ways[taken - 1]!)
        ways[taken]!.set(sum + number, (ways[taken]!.get(sum + number) ?? 0) + more);
  return ways[count]!;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
