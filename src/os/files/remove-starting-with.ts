import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Removes every file whose full name starts with `prefix`: a part, and the sidecars that SQLite left beside it. */
export function removeStartingWith(prefix: string): void {
  const directory = dirname(prefix);
  for (const name of readdirSync(directory)) {
    if (name.startsWith(basename(prefix))) rmSync(join(directory, name));
  }
}
