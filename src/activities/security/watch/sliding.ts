import type { FailedLogin } from './syslog-line.ts';

/** Where failed logins came from, with what they tried. Times are ISO 8601, UTC. */
export interface LoginSource {
  /** In which log it was found. */
  readonly log: string;
  readonly source: string;
  readonly count: number;
  /** The most in any stretch as long as the target says. */
  readonly most: number;
  readonly users: readonly string[];
  readonly first: string;
  readonly last: string;
}

/** Names that are shown of those whom one source tried. */
const USERS = 5;
/** No clock goes further. */
const LATEST = 8.64e15;

/** Counts by source, the worst first. `window` in ms. What has no time counts as one stretch: it may have been all at once. */
export function bySource(
  log: string,
  logins: readonly FailedLogin[],
  window: number,
): LoginSource[] {
  const groups = Map.groupBy(logins, ({ source }) => source);
  return [...groups]
    .map(([source, all]) => {
      const times = all.map(({ at }) => at).toSorted((one, other) => one - other);
      const users = [...new Set(all.flatMap(({ user }) => user ?? []))];
      const more = users.length - USERS;
      return {
        log,
        source,
        count: all.length,
        most: mostWithin(times, window),
        users: [...users.slice(0, USERS), ...(more > 0 ? [`and ${more} more`] : [])],
        first: isoOf(times[0]!),
        last: isoOf(times.at(-1)!),
      };
    })
    .toSorted((one, other) => other.most - one.most || other.count - one.count);
}

function mostWithin(times: readonly number[], window: number): number {
  let most = 0;
  let begin = 0;
  for (let end = 0; end < times.length; end += 1) {
    while (times[end]! - times[begin]! >= window) begin += 1;
    most = Math.max(most, end - begin + 1);
  }
  return most;
}

function isoOf(at: number): string {
  return Math.abs(at) <= LATEST ? new Date(at).toISOString() : 'at an unknown time';
}
