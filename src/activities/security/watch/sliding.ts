import { canonicalBlock, networkOf } from '../block/network.ts';
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

/** Whoever has an address of IPv6 has all of its /64, and takes another one for each try. */
const OF_ONE = 64;

/** Counts by source, the worst first. Addresses of one /64 of IPv6 are one source. `window` in ms. What has no time counts as one stretch: it may have been all at once. */
export function bySource(
  log: string,
  logins: readonly FailedLogin[],
  window: number,
): LoginSource[] {
  const groups = Map.groupBy(logins, ({ source }) => wholeOf(source));
  return [...groups]
    .map(([whole, all]) => {
      const addresses = new Set(all.map((one) => one.source));
      const source = addresses.size === 1 ? all[0]!.source : whole;
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

function wholeOf(source: string): string {
  const network = networkOf(source);
  if (network?.family !== 'ipv6') return source;
  return canonicalBlock(`${source}/${OF_ONE}`) ?? source;
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
