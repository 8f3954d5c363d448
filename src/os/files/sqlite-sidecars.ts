import { rmSync } from 'node:fs';
import { isThere } from './file-facts.ts';

/**
 * A database is several files: the main file and whatever lies beside it under these names, while it is open and after a kill. SQLite reads a
 * stale one into any main file of that name, so they are only ever moved together.
 */
export const SIDECARS = ['-wal', '-shm', '-journal'] as const;

/** The sidecars that lie beside `file` now, as full names. */
export function sidecarsOf(file: string): string[] {
  return sidecarNames(file).filter(isThere);
}

/** All that there may be. */
function sidecarNames(file: string): string[] {
  return SIDECARS.map((suffix) => `${file}${suffix}`);
}

/** With all that lies beside it. None has to be there. */
export function removeDatabase(file: string): void {
  for (const one of [file, ...sidecarNames(file)]) rmSync(one, { force: true });
}
