import { Duration, inMilliseconds } from '../../../config/time/duration.ts';
import { UsageError } from '../../../config/usage-error.ts';

const SHORTEST = inMilliseconds('1s');
const LONGEST = inMilliseconds('1h');

/** How often to look, in ms. Error: `UsageError`. */
export function intervalOf(text: string): number {
  const length = Duration.safeParse(text).success ? inMilliseconds(text) : Number.NaN;
  if (length >= SHORTEST && length <= LONGEST) return length;
  throw new UsageError(
    `Cannot read --every "${text}": Expected a time from "1s" to "1h"`,
    'runbook top --help',
  );
}
