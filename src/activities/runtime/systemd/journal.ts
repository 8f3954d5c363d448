import { z } from 'zod';
import { plainText } from '../../../config/text/plain-text.ts';
import { splitLines } from '../../../os/process/last-lines.ts';
import { journalctl } from './systemctl.ts';

/** A text; bytes, where it is none; null, where it is too long for the journal's JSON. */
const Entry = z.object({
  MESSAGE: z.union([z.string(), z.array(z.number()), z.null()]).optional(),
});

/** The journal is read at a time of need: more would not be read by anybody. */
const MAX_ENTRIES = 1000;

/** The last lines that a unit printed, and what systemd says of it among them, oldest first. `since`: milliseconds since the epoch. */
export async function lastEntries(unit: string, lines: number, since?: number): Promise<string[]> {
  if (lines <= 0) return [];
  const text = await journalctl([
    `--unit=${unit}`,
    '--output=json',
    '--output-fields=MESSAGE',
    `--lines=${Math.min(lines, MAX_ENTRIES)}`,
    ...(since === undefined ? [] : [`--since=@${Math.floor(since / 1000)}`]),
  ]);
  return text.split('\n').filter(Boolean).flatMap(messageIn).slice(-lines);
}

function messageIn(line: string): string[] {
  const { data } = Entry.safeParse(parsed(line));
  const message = data?.MESSAGE;
  if (message === undefined || message === null) return [];
  const text = typeof message === 'string' ? message : Buffer.from(message).toString('utf8');
  return splitLines(plainText(text), Number.MAX_SAFE_INTEGER);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
