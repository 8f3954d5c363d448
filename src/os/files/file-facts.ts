import { lstatSync, statSync } from 'node:fs';

/**
 * Whether there is such a file, directory or link. Where `existsSync` answers no to a user who may not look, this throws `EACCES`: what is
 * closed to somebody is not absent.
 */
export function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** In bytes: 0 when it is not there. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Which file it is, whatever its name: stays with it through every rename. */
export function inodeOf(file: string): string | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}

export function isSameFile(one: string, other: string): boolean {
  const inode = inodeOf(one);
  return inode !== undefined && inode === inodeOf(other);
}

export function hasNoLinks(error: unknown): boolean {
  return ['EPERM', 'EXDEV', 'ENOTSUP', 'EMLINK', 'ENOSYS'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}

/** We may not: that says nothing about what lies there. */
export function isForbidden(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

/** As Node says it, or SQLite. */
export function isDiskFull(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'SQLITE_FULL';
}
