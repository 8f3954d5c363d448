import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Stamp } from '../../../config/time/stamp.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { hasNoLinks, isThere } from '../../../os/files/file-facts.ts';
import { openPlain, openRegular } from '../../../os/files/held/open-plain.ts';
import { setRights, setRightsOf } from '../../../os/files/held/set-rights.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';

/** Where the database of before lies while the application works on PostgreSQL. */
export function keptName(live: string, stamp: Stamp): string {
  return `${live}.migrated-${stamp}`;
}

const HEADER = 'SQLite format 3\0';

/** Whether a database of SQLite, and no tombstone, lies there. */
export function isDatabase(file: string): boolean {
  return withHeld((held) => {
    const place = held(file);
    if (!lstatSync(place, { throwIfNoEntry: false })?.isFile()) return false;
    const { fd } = openRegular(place, constants.O_RDONLY);
    try {
      const bytes = Buffer.alloc(HEADER.length);
      readSync(fd, bytes, 0, bytes.length, 0);
      return bytes.toString('latin1') === HEADER;
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * Gives the database another name, readable only, and its place to a text: an application that opens the old name fails, where it would make an
 * empty database of no file. There is no moment without either. `live` is named by a handle.
 */
export function bury(live: string, kept: string, text: string): void {
  const { uid, gid } = lstatSync(isThere(kept) ? kept : live);
  if (!isThere(kept)) {
    try {
      linkSync(live, kept);
    } catch (error) {
      if (!hasNoLinks(error)) throw error;
      renameSync(live, kept);
    }
  }
  setRights(kept, { uid, gid, mode: 0o400 });
  if (!isThere(live) || isDatabase(live)) {
    const part = `${live}.tombstone-part`;
    rmSync(part, { force: true });
    const { O_CREAT, O_EXCL, O_WRONLY } = constants;
    const fd = openPlain(part, O_CREAT | O_EXCL | O_WRONLY, { mode: 0o600 });
    try {
      writeFileSync(fd, text);
      setRightsOf(fd, { uid, gid, mode: 0o400 });
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, live);
  }
  syncDirectory(dirname(live));
}

/** Gives `file` the place of the tombstone, with its rights of before. */
export function unbury(live: string, file: string, mode: number): void {
  const { uid, gid } = lstatSync(file);
  setRights(file, { uid, gid, mode });
  renameSync(file, live);
  syncDirectory(dirname(live));
}
