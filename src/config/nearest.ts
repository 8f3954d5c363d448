import { distance } from 'fastest-levenshtein';

/** The name that was probably meant, if one is near enough to be worth asking. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, far: farness(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ far }) => far <= LIMIT)
    .toSorted((a, b) => a.far - b.far);
  return best?.candidate;
}

/** Farther than this, half of the letters are different. */
const LIMIT = 0.5;

/** From 0, the same, to 1. A beginning of a name is near it, however short: `env` and `environment`. */
function farness(word: string, candidate: string): number {
  const beginning = word.length >= 3 && candidate.startsWith(word);
  const far = distance(word, candidate) / Math.max(word.length, candidate.length);
  return beginning ? Math.min(far, LIMIT) : far;
}
