import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the file system or the rights of this process have no such thing, it stays as it is. */
const CANNOT = ['EPERM', 'EROFS', 'ENOTSUP', 'EACCES'];

/**
 * Makes a directory that only its owner may look into, and closes one of ours that others may: whoever opens a file of ours can lock it, and
 * stop every run. One that others use, too, is left as it is, and so is a symbolic link: what it leads to is not ours to close.
 */
export function ensurePrivate(directory: string): void {
  if (mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined) return;
  const { mode } = lstatSync(directory);
  if ((mode & 0o077) === 0) return;
  try {
    if (isOursAlone(directory)) chmodSync(directory, mode & 0o700);
  } catch (error) {
    if (!CANNOT.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function isOursAlone(directory: string): boolean {
  const uid = process.getuid?.();
  const facts = lstatSync(directory);
  if (!facts.isDirectory() || facts.uid !== uid) return false;
  return readdirSync(directory).every(
    (name) => lstatSync(join(directory, name), { throwIfNoEntry: false })?.uid === uid,
  );
}
