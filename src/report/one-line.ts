import { plainLine } from '../config/text/plain-text.ts';

/** Text from outside as one line that does nothing to a terminal. */
export function oneLine(text: string): string {
  return plainLine(text);
}
