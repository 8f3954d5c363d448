import { plainText } from '../../config/text/plain-text.ts';

/** Text from outside without control characters but ends of lines, and without broken letters. */
export function plain(text: string): string {
  return plainText(text, ' ');
}

/** Text from outside for a title or a log. */
export function oneLine(text: string): string {
  return plain(text).replaceAll(/\s+/g, ' ').trim();
}

/** The beginning that has no more bytes in UTF-8, in whole letters. */
export function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  let end = most - Buffer.byteLength('…');
  // A byte 10xxxxxx goes on with the letter before it.
  while ((bytes[end]! & 0b1100_0000) === 0b1000_0000) end -= 1;
  return `${bytes.subarray(0, end).toString()}…`;
}

const MAX_LINK = 2000;

export function isWebLink(text: string | undefined): text is string {
  return (
    text !== undefined &&
    text.length <= MAX_LINK &&
    /^https?:\/\//i.test(text) &&
    URL.canParse(text)
  );
}

/** Text from outside in a line of the log. */
export function nameForLog(text = ''): string {
  return oneLine(text).replaceAll('"', "'").slice(0, 100);
}
