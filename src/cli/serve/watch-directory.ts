import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** So long nothing may have changed before a file is read: an editor writes in several steps. */
const SETTLED_MILLISECONDS = 4000;
/** The same for a file whose last line has no end: half of a file mostly looks so. */
const UNENDED_SETTLED_MILLISECONDS = 30_000;

/**
 * Knows when the files of targets have changed and are at rest again, by what the file system says of all of them: a target may
 * extend another. Asked again and again; `now` in milliseconds of any clock that goes on.
 */
export function watchDirectory(directory: string) {
  let seen = signatureOf(directory);
  let changedAt: number | undefined;

  return {
    /** Called often. True: something has changed, and may be read; then it calls `settled`. */
    isAtRest(now: number): boolean {
      const signature = signatureOf(directory);
      if (signature !== seen) {
        seen = signature;
        changedAt = now;
      }
      return changedAt !== undefined && now - changedAt >= SETTLED_MILLISECONDS;
    },

    /** Whether a file looks as if somebody still writes it. */
    isUnended(file: string, now: number): boolean {
      if (changedAt === undefined || now - changedAt >= UNENDED_SETTLED_MILLISECONDS) return false;
      try {
        const content = readFileSync(file);
        return content.length > 0 && content.at(-1) !== NEWLINE;
      } catch {
        return false;
      }
    },

    /** All that has changed was read. */
    settled(): void {
      changedAt = undefined;
    },
  };
}

const NEWLINE = 10;

/** Changes with each write, rename, link and change of rights. */
function signatureOf(directory: string): string {
  try {
    const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
    return files
      .toSorted()
      .map((file) => `${file} ${factsOf(join(directory, file))}`)
      .join('\n');
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code}`;
  }
}

function factsOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code}`;
  }
}
