import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { syncDirectory, syncFile } from '../../os/files/durable-files.ts';
import { sidecarsOf, removeDatabase } from '../../os/files/sqlite-sidecars.ts';
import { expectKept } from './expect-ours.ts';
import { expectDataSpace } from './expect-data-space.ts';
import { expectSound } from './expect-servable.ts';
import { holdDataFile } from './hold-data-file.ts';
import { type DatabaseFacts, inspectDatabase, measureDatabase } from './inspect-database.ts';

/** From here on a compacted file is worth that the server stands still for it. */
const MUCH_FREE = { bytes: 1e9, share: 0.5 } as const;

export function hasMuchFree({ bytes, freeBytes }: DatabaseFacts): boolean {
  return freeBytes > MUCH_FREE.bytes && freeBytes > MUCH_FREE.share * bytes;
}

/**
 * Writes the runs of a server that does not run anew, without what is free in their file, and puts that in its place when it was read
 * through. Needs what is in use as free space. Error: `UsageError`, also while a server works on the file.
 */
export async function compactData(
  dataFile: string,
): Promise<{ readonly before: DatabaseFacts; readonly after: DatabaseFacts }> {
  expectKept(dataFile);
  const hold = await holdDataFile(dataFile);
  const part = `${dataFile}.compact-part`;
  try {
    expectSound(dataFile);
    fold(dataFile);
    hold.beginAnew();
    const before = measureDatabase(dataFile);
    expectDataSpace(before.bytes - before.freeBytes, dirname(dataFile));
    removeDatabase(part);
    closeSync(openSync(part, 'wx', 0o600));
    // Temporal's schema has texts in double quotes, which better-sqlite3 was built to refuse.
    const db = new DatabaseSync(dataFile, { enableDoubleQuotedStringLiterals: true });
    try {
      db.prepare('vacuum into ?').run(part);
    } finally {
      db.close();
    }
    const after = inspectDatabase(part);
    syncFile(part);
    // Its log is empty, and belongs to the old file.
    for (const sidecar of sidecarsOf(dataFile)) rmSync(sidecar, { force: true });
    renameSync(part, dataFile);
    syncDirectory(dirname(dataFile));
    return { before, after };
  } finally {
    removeDatabase(part);
    hold.release();
  }
}

/** Brings the log into the main file. */
function fold(dataFile: string): void {
  const db = new Database(dataFile);
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
  const left = statSync(`${dataFile}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (left > 0)
    throw new Error(`The log of "${dataFile}" cannot be brought in: another process uses it`);
}
