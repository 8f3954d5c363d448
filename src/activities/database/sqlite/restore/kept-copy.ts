import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { syncDirectory, syncFile } from '../../../../os/files/durable-files.ts';
import { isThere } from '../../../../os/files/file-facts.ts';
import { copyContent } from '../../../../os/files/held/copy-plain.ts';
import { withHeld } from '../../../../os/files/held/with-held.ts';
import type { KeptCopy } from '../../copies.ts';
import { checkpoint } from '../file/checkpoint.ts';
import { libraryVersion } from '../file/content.ts';
import { databaseNames } from '../file/database-files.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { journalModeOf, setJournalMode } from '../file/journal-mode.ts';

/** What a recovery has kept and is still there. */
export function keptBeside(
  file: string,
  stamp: Stamp,
): { name: string; bytes: number } | undefined {
  const { kept } = databaseNames(file, stamp);
  return isThere(kept) ? { name: kept, bytes: lstatSync(kept).size } : undefined;
}

/** It was kept beside the live file, where the application's user can put something else in its place. */
export function copyKept(live: string, stamp: Stamp, file: string): KeptCopy {
  const { kept } = databaseNames(live, stamp);
  const ctimeMs = withHeld((held) => {
    const at = held.itself(kept);
    copyContent(at, file);
    // Database files whose log could not be checkpointed while they were kept become one file here, where nothing can be lost.
    for (const sidecar of sidecarsOf(at)) copyContent(sidecar, file + sidecar.slice(at.length));
    return lstatSync(at).ctimeMs;
  });
  if (sidecarsOf(file).length > 0) checkpoint(file);
  const journalMode = journalModeOf(file);
  setJournalMode(file, 'delete');
  chmodSync(file, 0o600);
  syncFile(file);
  return {
    // It lost its live name in the swap: until then it was what the application wrote to.
    takenAt: new Date(Math.min(ctimeMs, Date.now())).toISOString(),
    journalMode,
    sqliteVersion: libraryVersion(),
  };
}

/** Takes the kept files away, when a backup has them. */
export function removeKept(live: string, stamp: Stamp): void {
  const { kept } = databaseNames(live, stamp);
  withHeld((held) => {
    const at = held.itself(kept);
    for (const file of [...sidecarsOf(at), at]) rmSync(file, { force: true });
    syncDirectory(dirname(at));
  });
}
