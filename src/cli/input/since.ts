import { Duration, inMilliseconds } from '../../config/time/duration.ts';
import { instantOf } from '../../config/time/instant.ts';
import { UsageError } from '../../config/usage-error.ts';

/** Reads `24h`, `2026-01-05` or `2026-01-05T02:00:00Z`: a time in UTC. */
export function since(text: string, hint = 'runbook runs --since 24h'): Date {
  if (Duration.safeParse(text).success) return new Date(Date.now() - inMilliseconds(text));
  const time = instantOf(text);
  if (time !== undefined) return new Date(time);
  throw new UsageError(
    `Cannot read --since "${text}": Expected a length of time such as "24h", or a time such as "2026-01-05" or "2026-01-05T02:00:00Z"`,
    hint,
  );
}
