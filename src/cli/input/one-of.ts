import { nearest } from '../../config/nearest.ts';
import { UsageError } from '../../config/usage-error.ts';

/** The name, when it is one of those there are. Error: `UsageError` that names the nearest, or all of a few. */
export function oneOf<Word extends string>(
  thing: string,
  word: string,
  known: readonly Word[],
  hint: string,
): Word {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  const close = nearest(word, known);
  const rest = close ? `did you mean "${close}"?` : `there are ${known.join(', ')}`;
  throw new UsageError(`Cannot find ${thing} "${word}": ${rest}`, hint);
}
