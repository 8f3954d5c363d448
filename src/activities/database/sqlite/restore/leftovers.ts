import { renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { permanent } from '../../../../os/failure.ts';
import { isSameFile, isThere } from '../../../../os/files/file-facts.ts';
import { SIDECARS, sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { expectUnopened } from '../file/openers.ts';
import { isEmptySidecar } from '../place/empty-sidecar.ts';

/**
 * Clears what a person's `sqlite3` left beside the live file since it was kept: what is empty goes, and a log with rows goes with
 * the database it belongs to. Answers what people should know. Nobody has the database open. Error: `StaleSidecar`.
 */
export function clearLeftovers(live: string, kept: string | undefined): string[] {
  const empty = sidecarsOf(live).filter(isEmptySidecar);
  for (const sidecar of empty) rmSync(sidecar);
  return SIDECARS.filter((suffix) => isThere(`${live}${suffix}`)).map((suffix) => {
    const sidecar = `${live}${suffix}`;
    // Only while the kept file is still the one that it was written beside.
    if (kept === undefined || !isSameFile(live, kept) || isThere(`${kept}${suffix}`))
      throw permanent('StaleSidecar', `Expected nothing beside "${live}": found "${sidecar}"`);
    renameSync(sidecar, `${kept}${suffix}`);
    return `Somebody wrote to the database after it was kept: "${basename(sidecar)}" is kept with it, as "${kept}${suffix}"`;
  });
}

/** Moves every sidecar of one main file to another's name. Both must be the same database, or one missing. */
export function moveSidecars(from: string, to: string): boolean {
  const suffixes = SIDECARS.filter((suffix) => isThere(`${from}${suffix}`));
  for (const suffix of suffixes) move(`${from}${suffix}`, `${to}${suffix}`, to);
  return suffixes.length > 0;
}

/** Of two, one that is empty gives way: who only looked into the database left it. */
function move(sidecar: string, name: string, to: string): void {
  if (isThere(name)) {
    expectUnopened(to);
    if (isEmptySidecar(sidecar)) return rmSync(sidecar);
    if (!isEmptySidecar(name))
      throw permanent('StaleSidecar', `Cannot move "${sidecar}": "${name}" is already there`);
  }
  renameSync(sidecar, name);
}
