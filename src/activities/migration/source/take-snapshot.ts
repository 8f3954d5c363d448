import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SqliteDatabase } from '../../../config/schema/database.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { sizeOf } from '../../../os/files/file-facts.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { namesIn } from '../../../os/files/names-in.ts';
import { copyLive, expectContent } from '../../database/sqlite/copy-live.ts';

/** Which file it was, and when it was written to last. */
export const Print = z.strictObject({ inode: z.string(), size: z.string(), modified: z.string() });
export type Print = z.infer<typeof Print>;

export function printOf(file: string): Print {
  const { ino, size, mtimeNs } = statSync(file, { bigint: true });
  return { inode: `${ino}`, size: `${size}`, modified: `${mtimeNs}` };
}

/** Where the copy of a run lies. */
export function snapshotFile(directory: string, stamp: Stamp): string {
  return join(directory, `snapshot-${stamp}.db`);
}

/**
 * Copies the live database, as of one moment, under a read transaction, into `directory`; the application may run. Copies of earlier runs go. The
 * database is only read.
 */
export async function takeSnapshot(
  { file }: Pick<SqliteDatabase, 'file'>,
  directory: string,
  stamp: Stamp,
): Promise<{ readonly file: string; readonly bytes: number; readonly milliseconds: number }> {
  expectContent(file);
  ensurePrivate(directory);
  dropSnapshots(directory);
  const live = liveFile(file);
  expectSpaceFor(sizeOf(live) + sizeOf(`${live}-wal`), directory);
  const begun = performance.now();
  const to = snapshotFile(directory, stamp);
  const part = `${to}.part-${randomUUID()}`;
  await copyLive(file, part);
  syncFile(part);
  renameSync(part, to);
  syncDirectory(directory);
  return { file: to, bytes: sizeOf(to), milliseconds: Math.round(performance.now() - begun) };
}

/** Whole databases are not left lying about. */
export function dropSnapshots(directory: string): void {
  for (const name of namesIn(directory))
    if (/^snapshot-\d{8}_\d{6}\.db/.test(name)) rmSync(join(directory, name), { force: true });
}
