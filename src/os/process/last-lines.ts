import { closeSync, fstatSync, readSync } from 'node:fs';
import { openHeld } from '../files/held/read-held.ts';

/** No line of a log is worth more of a run's history than this. */
const MAX_LENGTH = 2000;
const MAX_BYTES = 512 * 1024;

/** The last lines of a log file, oldest first, from byte `from` on. A file that is not there has none. Error: `LinkRefused`. */
export function lastLines(file: string, lines: number, from = 0): string[] {
  let fd: number;
  try {
    fd = openHeld(file);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    // Rotated meanwhile: what is there now is all new.
    const begin = Math.max(from > size ? 0 : from, size - MAX_BYTES);
    const buffer = Buffer.alloc(size - begin);
    const length = readSync(fd, buffer, 0, buffer.length, begin);
    return splitLines(buffer.toString('utf8', 0, length), lines);
  } finally {
    closeSync(fd);
  }
}

/** The last lines of a text, none longer than a history should carry. */
export function splitLines(text: string, lines: number): string[] {
  const all = text.split(/\r?\n/);
  if (all.at(-1) === '') all.pop();
  return all
    .slice(-lines || all.length)
    .map((line) => (line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line));
}
