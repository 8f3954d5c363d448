import { placeOf } from '../config/text/without-password.ts';

const ENDS = '"\'),.;:>]';

/** Where a port would be stands something else: a password whose "@" comes behind a blank, or was cut off. */
const HALF = /^(?!\[)[^/]*:(?!\d*(?:\W|$))/;

/** A host, and nobody who logs in: an "@" behind it is of the path. */
const HOST = /^(?:\[[\da-f:.%]+\]|[^\s/?#@:[\]]+)(?::\d*)?(?:[/?#]|$)/i;

const SECRET_FIELD =
  /([?&#;][\w.-]{0,40}(?:pass|pwd|secret|token|api_?key|access_?key|auth|credential|signature)[\w.-]{0,40}=)\S+/i;

/**
 * Text as it may stand in errors, logs and reports: what is secret in URLs of it is hidden. Links of the web keep what they ask for, up to
 * the first field that is named like a secret; of all others only the place is kept.
 */
export function redacted(text: string): string {
  return text.replaceAll(/:\/\/(\S+)/g, (_, rest: string, at: number) => {
    const end = endOf(rest);
    const isWeb = /https?$/i.test(text.slice(Math.max(0, at - 5), at));
    const address = rest.slice(0, end);
    const known =
      isWeb && HOST.test(address) ? address.replace(SECRET_FIELD, '$1***') : placeIn(address);
    return `://${known}${rest.slice(end)}`;
  });
}

function placeIn(address: string): string {
  const place = placeOf(address);
  if (place === undefined || HALF.test(place)) return '***';
  const login = address.startsWith(place) ? '' : '***@';
  return `${login}${place}${/[?#]/.test(address) ? '?***' : ''}`;
}

/** What closes a sentence or a quotation is no part of the URL in it. */
function endOf(rest: string): number {
  let end = rest.length;
  while (end > 0 && ENDS.includes(rest[end - 1]!)) end -= 1;
  return end;
}
