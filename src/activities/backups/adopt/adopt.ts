import { expectSqlite } from '../../database/expect-engine.ts';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { countText } from '../../../config/text/count-text.ts';
import { isPostgres, type Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { isDiskFull } from '../../../os/files/file-facts.ts';
import { copyContent } from '../../../os/files/held/copy-plain.ts';
import { openHeld } from '../../../os/files/held/read-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { removeStartingWith } from '../../../os/files/remove-starting-with.ts';
import { libraryVersion } from '../../database/sqlite/file/content.ts';
import { journalModeOf, setJournalMode } from '../../database/sqlite/file/journal-mode.ts';
import { proveCopy } from '../../database/sqlite/proof/proof.ts';
import { writeOrigin } from '../catalogue/origin.ts';
import { recognise, type Unmanaged } from '../catalogue/unmanaged.ts';
import { type CopyFile, openMaking } from '../making/making.ts';
import { momentIn } from '../catalogue/moment-in.ts';
import { adoptArchived } from './archived.ts';

export interface Adoption extends CopyFile {
  /** False when an earlier attempt had already made this copy. */
  readonly changed: boolean;
}

/** Brings a plain copy of an unmanaged file to where a backup is made of it. The file itself stays as it is. */
export async function adopt(
  target: Target,
  run: string,
  stamp: Stamp,
  { file: named }: Unmanaged,
): Promise<Adoption> {
  const moment = momentIn(target, named);
  if (moment !== undefined && isPostgres(target))
    return adoptArchived(target, run, stamp, { name: named, moment });
  const { database, backups } = expectSqlite(target, 'To adopt a copy');
  const making = openMaking(backups.directory, stamp, run);
  const made = making.copy();
  if (made) return { ...made, changed: false };

  // Arguments come from a history: what the file is, it says itself.
  const unmanaged = recognise(target, named);
  making.begin();
  const begun = performance.now();
  const file = join(making.directory, basename(liveFile(database.file)));
  const part = `${file}.part-${randomUUID()}`;
  try {
    expectSpaceFor(plainSizeOf(unmanaged), backups.directory);
    await unpack(unmanaged, part);
    expectPages(unmanaged, part);
    const { keyTable, extensions } = database;
    const journalMode = journalModeOf(part);
    setJournalMode(part, 'delete');
    // Nobody knows how it was made, so all is compared once, indexes too.
    const name = basename(unmanaged.file);
    const { timings: passed } = await proveCopy(part, { name, keyTable, extensions, full: true });
    chmodSync(part, 0o600);
    syncFile(part);
    renameSync(part, file);
    syncDirectory(making.directory);
    writeOrigin(making.directory, { file: unmanaged.file });
    const copy = {
      file,
      bytes: statSync(file).size,
      milliseconds: Math.round(performance.now() - begun),
      takenAt: unmanaged.takenAt,
      journalMode,
      sqliteVersion: libraryVersion(),
      passed,
    };
    making.made(copy);
    return { ...copy, changed: true };
  } catch (error) {
    removeStartingWith(part);
    throw failureFor(error, unmanaged);
  }
}

/** Where it lies, whoever owns the application may put a link to what we alone can read. */
async function unpack({ file, packed }: Unmanaged, part: string): Promise<void> {
  if (packed === 'none') return copyContent(file, part);
  const written = createWriteStream(part, { flags: 'wx', mode: 0o600 });
  const fd = openHeld(file);
  await pipeline(createReadStream(file, { fd }), createGunzip(), written);
}

/** The last four bytes of a gzip file are its content's size, modulo 4 GiB: https://www.rfc-editor.org/rfc/rfc1952 */
function plainSizeOf({ file, packed, bytes }: Unmanaged): number {
  if (packed === 'none') return bytes;
  const fd = openHeld(file);
  try {
    const tail = Buffer.alloc(4);
    readSync(fd, tail, 0, 4, Math.max(fstatSync(fd).size - 4, 0));
    return Math.max(tail.readUInt32LE(), bytes);
  } finally {
    closeSync(fd);
  }
}

/** The file itself says how long it must be: SQLite calls one that ends on a page early sound until it reads there. */
function expectPages({ file }: Unmanaged, part: string): void {
  const fd = openSync(part, 'r');
  try {
    const header = Buffer.alloc(100);
    readSync(fd, header, 0, 100, 0);
    if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
      throw permanent('BackupDamaged', `Cannot adopt "${file}": there is no SQLite database in it`);
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    // The size in pages counts only when both counters of changes agree.
    const pages = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 0;
    const { size } = fstatSync(fd);
    if (size < pages * pageSize || size % pageSize !== 0)
      throw permanent(
        'BackupDamaged',
        `Cannot adopt "${file}": it is truncated, ${countText(size, 'byte')} of ${pages * pageSize}`,
      );
  } finally {
    closeSync(fd);
  }
}

function failureFor(error: unknown, { file }: Unmanaged): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (isDiskFull(error))
    return permanent('NoSpace', `No space left to adopt "${file}": ${message}`);
  if (code?.startsWith('Z_'))
    return permanent('BackupDamaged', `Cannot adopt "${file}": it cannot be unpacked: ${message}`);
  if (code === 'EACCES') return permanent('BackupUnreadable', `Cannot adopt "${file}": ${message}`);
  return error;
}
