import { isIPv4, isIPv6 } from 'node:net';

/**
 * An address as it is written in one way only, so that two spellings are one: IPv6 short and in small letters, an IPv4 that IPv6 carries
 * as IPv4. Undefined: it is none, or bound to an interface.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const short = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  return carriedBy(short) ?? short;
}

/** `::ffff:cb00:7107` is 203.0.113.7. */
function carriedBy(short: string): string | undefined {
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [one, other] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [one >> 8, one & 255, other >> 8, other & 255].join('.');
}
