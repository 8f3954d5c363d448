import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Message, shownOf } from './message.ts';

/** Appends a line of JSON. Links are left out: a file is read by more people than a mail. */
export function logPage(file: string, message: Message): string {
  const { recipient: _recipient, acknowledge: _link, answer: _answer, ...page } = shownOf(message);
  mkdirSync(dirname(file), { recursive: true });
  const fd = openSync(file, 'a', 0o600);
  try {
    // One write, so that two workers' lines do not mix.
    writeSync(fd, `${JSON.stringify(page)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return `Written to ${file}`;
}
