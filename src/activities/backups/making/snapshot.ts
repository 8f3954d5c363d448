import { randomUUID } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { removeStartingWith } from '../../../os/files/remove-starting-with.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import { type Copy, openMaking } from './making.ts';

export interface Snapshot extends Copy {
  /** False when an earlier attempt had already made this copy. */
  readonly changed: boolean;
  /** Who else may use the database, and could not be looked at. As text. */
  readonly unseen?: string;
}

/**
 * Copies the live database, as of one moment, into the directory of the backup that is being made. It is not synced, because
 * it goes when the backup is sealed: it counts until the machine starts again, and is then taken anew.
 */
export async function snapshot(
  target: Target,
  stamp: Stamp,
  run: string | undefined,
): Promise<Snapshot> {
  const driver = databaseDriver(target);
  const making = openMaking(target.backups.directory, stamp, run);
  const made = making.copy();
  if (made && !making.isCopyLost()) return { ...made, changed: false };

  driver.expectContent();
  const place = await driver.expectOnePlace();
  making.begin();
  const file = join(making.directory, basename(liveFile(target.database.file)));
  const part = `${file}.part-${randomUUID()}`;
  try {
    const takenAt = new Date().toISOString();
    const begun = performance.now();
    const { journalMode, version: sqliteVersion } = await driver.copyLive(part);
    const boot = bootId();
    if (boot === undefined) syncFile(part);
    renameSync(part, file);
    syncDirectory(making.directory);
    const milliseconds = Math.round(performance.now() - begun);
    const bytes = statSync(file).size;
    const copy = { file, bytes, milliseconds, takenAt, journalMode, sqliteVersion };
    making.made(copy, { boot });
    return { ...copy, changed: true, ...place };
  } catch (error) {
    removeStartingWith(part);
    throw error;
  }
}
