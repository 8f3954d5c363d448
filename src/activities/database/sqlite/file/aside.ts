import { copyFileSync, linkSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { hasNoLinks, isThere } from '../../../../os/files/file-facts.ts';
import { withScratch } from '../../../../os/files/scratch.ts';
import { BUSY_TIMEOUT } from './in-place.ts';

/**
 * Reads a database that no one writes to, through a link in a directory of its own: what a reader of a WAL
 * database leaves behind lies there, and even a reader that is killed leaves nothing beside the file.
 */
export function readAside<Result>(file: string, read: (db: Database.Database) => Result): Result {
  return withScratch(`${file}.probe`, (directory) => {
    const probe = join(directory, basename(file));
    linkOrCopy(file, probe);
    // Recovering the log writes the index only, never the main file: this connection is readonly.
    if (isThere(`${file}-wal`)) copyFileSync(`${file}-wal`, `${probe}-wal`);
    const db = new Database(probe, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
    try {
      return read(db);
    } finally {
      db.close();
    }
  });
}

/** Not every file system has hard links. */
function linkOrCopy(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    copyFileSync(file, name);
  }
}
