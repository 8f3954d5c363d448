import { closeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findPlace } from './held/find-place.ts';
import { followByName } from './held/follow-by-name.ts';
import { isHeld } from './held/with-held.ts';

/**
 * The file behind `file`: SQLite keeps the sidecars beside that one, not beside a symbolic link. Its name says where it was a moment ago;
 * who changes anything there, and is another user than whoever can write in that directory, goes by `withHeld`, whose places come back as they are. Error: `LinkRefused`.
 */
export function liveFile(file: string): string {
  if (isHeld(file)) return file;
  if (process.platform !== 'linux') return followByName(file);
  try {
    const { directory, name } = findPlace(resolve(file), { followLast: true });
    closeSync(directory.fd);
    return join(directory.shown, name);
  } catch (error) {
    // Whoever opens it will say what is missing.
    if (MISSING.includes((error as { code?: string }).code ?? '')) return file;
    throw error;
  }
}

const MISSING = ['ENOENT', 'ENOTDIR', 'EACCES'];
