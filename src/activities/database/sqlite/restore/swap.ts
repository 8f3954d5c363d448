import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FailureType } from '../../../../config/failure-types.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory } from '../../../../os/files/durable-files.ts';
import { inodeOf } from '../../../../os/files/file-facts.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Live, Staged } from '../../driver.ts';
import { readAside } from '../file/aside.ts';
import { countOf } from '../file/content.ts';
import { sidecarsOf } from '../file/database-files.ts';
import { contentHashOf, journalModeOf } from '../file/journal-mode.ts';
import { expectUnopened } from '../file/openers.ts';

/** Makes the staged copy the live file, in one rename. */
export function swap(file: string, staged: Staged): { readonly changed: boolean } {
  const live = liveFile(file);
  // The application may have written to it since: to restore again would lose that.
  if (isLive(file, staged)) {
    syncDirectory(dirname(live));
    return { changed: false };
  }
  if (inodeOf(staged.file) !== staged.inode)
    throw permanent('StagedMissing', `Cannot restore "${live}": "${staged.file}" is gone`);
  expectUnopened(live);
  expectNoSidecars(live, 'StaleSidecar');
  renameSync(staged.file, live);
  syncDirectory(dirname(live));
  return { changed: true };
}

export function isLive(file: string, { inode }: Staged): boolean {
  return inodeOf(liveFile(file)) === inode;
}

/** Demands that what lies under the live name is, byte for byte, the copy that was proven. */
export function expectLive(file: string, keyTable: string, staged: Staged): Live {
  const live = liveFile(file);
  expectNoSidecars(live, 'RestoredDiffers');
  expectEqual('file', inodeOf(live), staged.inode);
  expectEqual('journal mode', journalModeOf(live), staged.journalMode);
  const sha256 = contentHashOf(live);
  expectEqual('sha256', sha256, staged.sha256);
  const rows = readAside(live, (db) => countOf(db, keyTable));
  expectEqual(`rows in ${keyTable}`, rows, staged.rows);
  return { rows, integrity: 'ok', sha256 };

  function expectEqual(what: string, got: unknown, expected: unknown): void {
    if (got !== expected)
      throw permanent(
        'RestoredDiffers',
        `"${live}" is not the restored copy: ${what} ${String(got)}, expected ${String(expected)}`,
      );
  }
}

/** SQLite would read a stale one into the restored file, and call the result sound. */
function expectNoSidecars(live: string, type: FailureType): void {
  const sidecars = sidecarsOf(live);
  if (sidecars.length > 0)
    throw permanent(type, `Expected nothing beside "${live}": found ${quoted(sidecars)}`);
}

function quoted(names: string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
