import { randomUUID } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { removeStartingWith } from '../../../os/files/remove-starting-with.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import type { JournalMode } from '../../database/copies.ts';
import { type Copy, type CopyFile, openMaking } from './making.ts';

export interface Snapshot extends CopyFile {
  /** Of a file. */
  readonly journalMode?: JournalMode;
  readonly sqliteVersion?: string;
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
  if (made && !making.isCopyLost()) return { ...small(made), changed: false };

  await driver.expectContent();
  const place = await driver.expectOnePlace();
  making.begin();
  const file = join(making.directory, driver.copyName());
  const part = `${file}.part-${randomUUID()}`;
  try {
    const takenAt = new Date().toISOString();
    const begun = performance.now();
    const facts = await driver.copyLive(part);
    const boot = bootId();
    if (boot === undefined) syncFile(part);
    renameSync(part, file);
    syncDirectory(making.directory);
    const milliseconds = Math.round(performance.now() - begun);
    const bytes = statSync(file).size;
    const copy = { file, bytes, milliseconds, takenAt, ...facts };
    making.made(copy, { boot });
    return { ...small(copy), changed: true, ...place };
  } catch (error) {
    removeStartingWith(part);
    throw error;
  }
}

/** What all tables hold is no matter for a history. */
function small(copy: Copy): CopyFile {
  if (!('postgres' in copy)) return copy;
  const { postgres: _, ...rest } = copy;
  return rest;
}
