/** A host with its port and a database's number: all that Redis needs besides the password. */
const PLACE = /^(?:\[[\da-f:.%]+\]|[\w.-]+)(?::\d+)?(?:\/\d*)?$/i;

/**
 * The address of a Redis server as it may be shown and kept: without who logs in, and without what is behind `?`, both of which may
 * be secret. A password may hold what ends a host; where nobody can tell what is which, the place is `unknown`. What has no host,
 * such as `unix:///run/redis.sock`, keeps its path.
 */
export function withoutPassword(text: string): {
  readonly url: string;
  readonly isSecret: boolean;
} {
  const [, scheme, rest] = /^(\w+:\/\/)(.*)$/s.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return { url: text, isSecret: false };
  const place = placeOf(rest) ?? '';
  const isPlace = PLACE.test(place) || (scheme === 'unix://' && place.startsWith('/'));
  const url = `${scheme}${isPlace ? place : 'unknown'}`;
  return { url, isSecret: url !== text };
}

/** What of an address, behind its `://`, is neither who logs in nor the query. Undefined: nobody can tell which is which. */
export function placeOf(rest: string): string | undefined {
  const [before = '', ...behind] = rest.split(/[?#]/);
  // Either a password with "?" in it, or an "@" in the query.
  if (behind.some((part) => part.includes('@'))) return undefined;
  return before.slice(before.lastIndexOf('@') + 1);
}
