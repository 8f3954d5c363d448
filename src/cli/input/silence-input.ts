import { Duration, inMilliseconds } from '../../config/time/duration.ts';
import { instantOf } from '../../config/time/instant.ts';
import { UsageError } from '../../config/usage-error.ts';

const HINT = 'runbook incidents silences add --match alertname=DiskFull --for 2h --reason "..."';

type Match = Readonly<Record<string, string>>;

/** Reads `label=value`, as often as it is given. */
export function matcher(text: string, before: Match = {}): Match {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(`Cannot read --match "${text}": Expected label=value`, HINT);
  return { ...before, [name]: value };
}

interface Times {
  readonly from?: string;
  readonly until?: string;
  readonly for?: string;
}

/** When it begins and ends, ISO 8601, UTC. An end is always named: what nobody ends is forgotten. */
export function silenceTimes(
  { from, until, for: length }: Times,
  now: number,
): { readonly from: string; readonly until: string } {
  const begins = from === undefined ? now : time('--from', from);
  if ((until === undefined) === (length === undefined))
    throw new UsageError('Expected either --until or --for: a silence has an end', HINT);
  if (length !== undefined && !Duration.safeParse(length).success)
    throw new UsageError(`Cannot read --for "${length}": Expected a length such as "2h"`, HINT);
  const ends = length === undefined ? time('--until', until!) : begins + inMilliseconds(length);
  if (ends <= Math.max(begins, now))
    throw new UsageError('It would be over before it begins, or is over already', HINT);
  return { from: new Date(begins).toISOString(), until: new Date(ends).toISOString() };
}

function time(option: string, text: string): number {
  const instant = instantOf(text);
  if (instant !== undefined) return instant;
  throw new UsageError(
    `Cannot read ${option} "${text}": Expected a time such as "2026-01-05T02:00:00Z"`,
    HINT,
  );
}
