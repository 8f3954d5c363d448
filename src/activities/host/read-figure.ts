import { readFileSync } from 'node:fs';

/** What a file of /proc or /sys says; nothing where there is none. */
export function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The number in the first group of a pattern. */
export function figureIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
