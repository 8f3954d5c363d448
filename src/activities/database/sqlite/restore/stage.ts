import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { countText } from '../../../../config/text/count-text.ts';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { expectSpaceFor } from '../../../../os/files/disk-space.ts';
import {
  copyDurably,
  syncBeside,
  syncDirectory,
  syncFile,
} from '../../../../os/files/durable-files.ts';
import { inodeOf, isDiskFull, isThere } from '../../../../os/files/file-facts.ts';
import { setRights } from '../../../../os/files/held/set-rights.ts';
import { removeStartingWith } from '../../../../os/files/remove-starting-with.ts';
import { ownerOf } from '../../../../os/owner/owner-of.ts';
import { type Bytes, writeBytes } from '../../../artefact/bytes.ts';
import {
  isPostgresFacts,
  type SqliteFacts,
  type StoredDatabase,
} from '../../../artefact/manifest.ts';
import { openStored } from '../../../artefact/open-stored.ts';
import type { Proof } from '../../copies.ts';
import type { Staged } from '../../driver.ts';
import { expectEngine } from '../../expect-engine.ts';
import { stageFrom } from '../../stage-from.ts';
import { readAside } from '../file/aside.ts';
import { countOf } from '../file/content.ts';
import { databaseNames } from '../file/database-files.ts';
import { judgeIntegrity } from '../file/integrity.ts';
import { contentHashOf, journalModeOf, setJournalMode } from '../file/journal-mode.ts';
import { proveCopy } from '../proof/proof.ts';

/**
 * Brings a proven copy of `backup` beside the live file: under its final name only when all is proven and durable. Where the
 * backup lies in several places, the next is tried when one is damaged or cannot be read.
 */
export async function stage(
  target: SqliteTarget,
  backup: StoredDatabase,
  stamp: Stamp,
): Promise<Staged> {
  const { database: facts } = backup;
  expectEngine(target, backup.id, facts);
  if (isPostgresFacts(facts)) throw permanent('RunbookBug', `Backup "${backup.id}" is no file`);
  return stageFrom({ ...backup, database: facts }, (from) => stageOne(target, from, stamp));
}

/** One whose engine is known. */
type StoredFile = StoredDatabase & { readonly database: SqliteFacts };

async function stageOne(target: SqliteTarget, backup: StoredFile, stamp: Stamp): Promise<Staged> {
  const { database } = target;
  const { live, staged } = databaseNames(database.file, stamp);
  const directory = dirname(live);
  removeStartingWith(`${staged}.part-`);

  const changed = !isProven(staged, backup);
  let judged: Pick<Proof, 'checks' | 'unproven'> | undefined;
  if (changed) {
    rmSync(staged, { force: true });
    expectReadable(backup);
    expectSpaceFor(backup.database.bytes, directory);
    const part = `${staged}.part-${randomUUID()}`;
    try {
      await unpack(target, backup, part);
      const made = lstatSync(part).ino;
      const [synced, proven] = await Promise.allSettled([
        syncBeside(part),
        proveCopy(part, {
          name: backup.id,
          keyTable: database.keyTable,
          extensions: database.extensions,
          expected: backup.database,
        }),
      ]);
      if (proven.status === 'rejected') throw proven.reason;
      if (synced.status === 'rejected') throw synced.reason;
      judged = proven.value;
      setJournalMode(part, backup.database.journalMode);
      copyOwnership(live, part, { target, made });
      syncFile(part);
      renameSync(part, staged);
    } catch (error) {
      removeStartingWith(`${staged}.part-`);
      throw failureFor(error, backup);
    }
  }
  syncDirectory(directory);

  const { checks, unproven } = judged ?? judgedAgain(staged);
  return {
    file: staged,
    inode: inodeOf(staged)!,
    bytes: statSync(staged).size,
    // Proven just now, or by a check of every byte: the mark of its journal mode is all that was written since.
    sha256: backup.database.sha256,
    journalMode: journalModeOf(staged),
    rows: readAside(staged, (db) => countOf(db, database.keyTable)),
    checks,
    ...(unproven && { unproven }),
    changed,
  };
}

/** One that an earlier attempt has proven: its bytes are equal, and so is what could not be judged of it. */
function judgedAgain(staged: string): Pick<Proof, 'checks' | 'unproven'> {
  const { checks, unproven } = readAside(staged, (db) => judgeIntegrity(db, 'quick_check'));
  return {
    checks: ['sha256', ...checks, 'row counts', 'schema'],
    ...(unproven.length > 0 && { unproven }),
  };
}

/** A plain copy shares its blocks with the backup where the file system can. */
async function unpack(
  target: SqliteTarget,
  { id, file, database }: StoredDatabase,
  part: string,
): Promise<void> {
  const { stored } = database;
  if (stored.compression === 'none' && !stored.encryption) return copyDurably(file, part);
  const bytes = await openStored(target, file, stored, id);
  await writeBytes(part, atMost(database.bytes, bytes, id));
}

/** Disk space was demanded for no more. */
async function* atMost(most: number, bytes: Bytes, id: string): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of bytes) {
    read += piece.length;
    if (read > most)
      throw permanent(
        'BackupDamaged',
        `Backup "${id}" holds more than its ${countText(most, 'byte')}`,
      );
    yield piece;
  }
}

/** Removes what `stage` made, and what its killed attempts left. */
export function unstage(
  database: SqliteTarget['database'],
  stamp: Stamp,
): { readonly changed: boolean } {
  const { staged } = databaseNames(database.file, stamp);
  const changed = isThere(staged);
  removeStartingWith(`${staged}.part-`);
  rmSync(staged, { force: true });
  syncDirectory(dirname(staged));
  return { changed };
}

/** It has its name only since it passed every check, so equal bytes prove it again. */
function isProven(staged: string, { database }: StoredFile): boolean {
  return (
    existsSync(staged) &&
    journalModeOf(staged) === database.journalMode &&
    contentHashOf(staged) === database.sha256
  );
}

/** The application must be able to use it as it used the one before. */
function copyOwnership(
  live: string,
  part: string,
  { target, made }: { readonly target: SqliteTarget; readonly made: number },
): void {
  const before = statSync(live, { throwIfNoEntry: false });
  // Where none is left, it is for whoever runs on it.
  const owner = before ?? (target.runtime.kind === 'process' ? ownerOf(target) : undefined);
  setRights(part, {
    ...(owner && { uid: owner.uid, gid: owner.gid }),
    mode: before?.isFile() ? before.mode & 0o777 : Number.parseInt(target.database.mode, 8),
    made,
  });
}

function expectReadable({ id, file }: StoredDatabase): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return;
  throw permanent(
    'BackupUnreadable',
    `Cannot read backup "${id}": "${file}" is ${found ? 'not a file' : 'missing'}`,
  );
}

function failureFor(error: unknown, { id, file }: StoredDatabase): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (isDiskFull(error))
    return permanent('NoSpace', `No space left for backup "${id}": ${message}`);
  if (code === 'EPERM')
    return permanent('NotPermitted', `Cannot give the copy the owner of the live file: ${message}`);
  if (path === file && code !== undefined)
    return permanent('BackupUnreadable', `Cannot read backup "${id}": ${message}`);
  return error;
}
