import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory } from '../../../../os/files/durable-files.ts';
import { inodeOf, isThere } from '../../../../os/files/file-facts.ts';
import { withHeld } from '../../../../os/files/held/with-held.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Live, Staged, Swapped } from '../../driver.ts';
import { readAside } from '../file/aside.ts';
import { countOf } from '../file/content.ts';
import { databaseNames } from '../file/database-files.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { contentHashOf, journalModeOf } from '../file/journal-mode.ts';
import { expectUnopened } from '../file/openers.ts';
import { isEmptySidecar } from '../place/empty-sidecar.ts';
import { expectOnePlace } from '../place/expect-one-place.ts';
import { clearLeftovers } from './leftovers.ts';

/** Makes the staged copy the live file, in one rename. */
export async function swap(target: SqliteTarget, staged: Staged): Promise<Swapped> {
  const { file } = target.database;
  const live = liveFile(file);
  // The application may have written to it since: to restore again would lose that.
  if (isLive(file, staged)) {
    syncDirectory(dirname(live));
    return { changed: false };
  }
  if (inodeOf(staged.file) !== staged.inode)
    throw permanent(
      'StagedMissing',
      `Cannot restore "${live}": "${staged.file}" ${isThere(staged.file) ? 'is another file than the one that was proven, as after a move to another disk: undo, and start it again' : 'is gone'}`,
    );
  const { unseen } = await expectOnePlace(target);
  expectUnopened(live);
  const notes = withHeld((held) => {
    const at = held(live);
    const kept = keptBeside(live, staged);
    const cleared = clearLeftovers(at, kept && held.itself(kept)).map((text) => held.shown(text));
    // A log that came back with a power cut would be read into the restored file.
    syncDirectory(dirname(at));
    renameSync(held.itself(staged.file), at);
    syncDirectory(dirname(at));
    return cleared;
  });
  const note = [...notes, ...(unseen === undefined ? [] : [`Not known: ${unseen}`])].join('. ');
  return { changed: true, ...(note && { note }) };
}

/** What the same run kept. */
function keptBeside(live: string, { file }: Staged): string | undefined {
  const [, stamp] = /\.staged-(\d{8}_\d{6})$/.exec(file) ?? [];
  return stamp === undefined ? undefined : databaseNames(live, stamp).kept;
}

export function isLive(file: string, { inode }: Staged): boolean {
  return inodeOf(liveFile(file)) === inode;
}

/** Demands that what lies under the live name is, byte for byte, the copy that was proven. */
export function expectLive(file: string, keyTable: string, staged: Staged): Live {
  const live = liveFile(file);
  expectNothingWritten(live);
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

/** SQLite would read a stale one into the restored file, and call the result sound. One that is empty says nothing. */
function expectNothingWritten(live: string): void {
  const sidecars = sidecarsOf(live);
  if (sidecars.length === 0) return;
  expectUnopened(live);
  const stale = sidecars.filter((sidecar) => !isEmptySidecar(sidecar));
  if (stale.length > 0)
    throw permanent(
      'RestoredDiffers',
      `Expected nothing beside "${live}": found ${stale.map((name) => `"${name}"`).join(', ')}`,
    );
}
