import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import { BackupId } from '../../../config/backup-id.ts';
import { countText } from '../../../config/text/count-text.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { passedText, type Unproven } from '../../../config/unproven.ts';
import { timeOf as timeOfStamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { isForbidden, sizeOf } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import {
  type BackupClass,
  isPostgresFacts,
  Manifest,
  MOST_BYTES,
  type Stored,
  type StoredDatabase,
} from '../../artefact/manifest.ts';
import { readPlain } from '../../artefact/plain-file.ts';
import { type Author, authorOf } from '../author/author-of.ts';
import type { Authors } from '../author/authors.ts';
import { expectNoDifference } from './expect-no-difference.ts';
import { readLastProof } from './last-proof.ts';

/** A complete backup, as a runbook passes it on. */
export interface Backup extends StoredDatabase {
  readonly class: BackupClass;
  readonly takenAt: string;
  /** Of the key table. */
  readonly rows: number;
  /** Of the database, when it is opened. */
  readonly bytes: number;
  /** Names of the checks that it passed when it was made. */
  readonly checks: readonly string[];
  /** What could not be judged where it was made. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** When integrity_check last ran in full, here or in a backup before. */
  readonly fullCheckAt?: string;
  /** Which newer backups were not meant, which copies of it are not whole, and which places cannot be read: sentences. */
  readonly passedOver?: string;
  /** Why it is not taken for one of the target's own, as a sentence without its end. Missing: it is. */
  readonly untrusted?: string;
}

/** One line of what lies in a backup directory. */
export interface BackupEntry {
  readonly id: BackupId;
  /** `untrusted`: whole, and not proven to be made by us, as the target demands it. */
  readonly state:
    | 'verified'
    | 'untrusted'
    | 'damaged manifest'
    | 'damaged copy'
    | 'unreadable'
    | 'incomplete';
  /** For `verified` the checks that ran when it was made, otherwise what is wrong. */
  readonly note: string;
  readonly bytes: number;
  readonly class?: BackupClass;
  readonly takenAt?: string;
  readonly rows?: number;
  readonly checks?: readonly string[];
  /** What could not be judged where it was made. */
  readonly unproven?: readonly Unproven[];
  readonly fullCheckAt?: string | undefined;
  /** How it is stored: `zstd`, `zstd, age`, ... */
  readonly format?: string;
  /** Whose word it is: `signed by this host`. */
  readonly author?: string;
}

const PART = '.part';

/** Where the backup `id` is, and where it is made: its directory gets its name when everything in it is durable. */
export function backupPaths(directory: string, id: BackupId) {
  const final = join(at(directory), id);
  return { final, part: `${final}${PART}`, manifest: join(final, 'manifest.json') };
}

/** Everything that is or may become a backup, newest first. Other files are not ours to judge. */
export function listBackups(directory: string, authors: Authors = ANYBODY): BackupEntry[] {
  return namesIn(at(directory))
    .filter((name) => BackupId.safeParse(name.replace(/\.part$/, '')).success)
    .map((name) => entryOf(directory, name, authors))
    .toSorted((a, b) => timeOf(b) - timeOf(a) || b.id.localeCompare(a.id));
}

/** Where nothing is demanded, and nobody is known. */
const ANYBODY: Authors = { demand: [], known: new Map(), keys: '' };

/** Errors: `BackupDamaged` when its manifest cannot be understood, or its copy is not the size that was stored; `BackupUnreadable`. */
export function readBackup(directory: string, id: BackupId, authors: Authors = ANYBODY): Backup {
  const { backup, author } = readWhole(directory, id, authors);
  return author.doubt === undefined ? backup : { ...backup, untrusted: author.doubt };
}

function readWhole(
  place: string,
  id: BackupId,
  authors: Authors,
): { readonly backup: Backup; readonly author: Author } {
  const { final: directory, manifest: file } = backupPaths(place, id);
  const { manifest, bytes, names } = readManifestFile(id, file);
  expectNoDifference(manifest);
  const backup = backupOf(directory, manifest);
  for (const { stored } of [manifest.database, ...manifest.archives]) {
    const about = lstatSync(join(directory, stored.file), { throwIfNoEntry: false });
    if (about && !about.isFile())
      throw permanent(
        'BackupDamaged',
        `Backup "${id}" is damaged: "${stored.file}" is ${about.isSymbolicLink() ? 'a link' : 'no file'}`,
      );
  }
  const size = lstatSync(backup.file, { throwIfNoEntry: false })?.size;
  const expected = manifest.database.stored.bytes;
  if (size !== expected)
    throw permanent(
      'BackupDamaged',
      `Backup "${id}" is damaged: its copy has ${countText(size ?? 'no', 'byte')}, expected ${expected}`,
    );
  const linked = names > 1 || lstatSync(directory).isSymbolicLink();
  return { backup, author: authorOf({ place, directory, manifest, bytes, linked }, authors) };
}

export function backupOf(directory: string, { id, takenAt, database, ...facts }: Manifest): Backup {
  return {
    id,
    class: facts.class,
    takenAt,
    rows: database.tables[database.keyTable] ?? 0,
    bytes: database.bytes,
    file: join(directory, database.stored.file),
    checks: facts.checks.map(({ name }) => name),
    ...(facts.unproven && { unproven: facts.unproven }),
    ...(facts.fullCheckAt !== undefined && { fullCheckAt: facts.fullCheckAt }),
    database: small(database),
  };
}

/** A thousand tables have no place in a history: the hash of all of them stands for them, and the manifest has each. */
function small(database: Manifest['database']): Manifest['database'] {
  if (!isPostgresFacts(database)) return database;
  const { keyTable, tables } = database;
  return { ...database, hashes: {}, tables: { [keyTable]: tables[keyTable] ?? 0 } };
}

export function readManifest(id: BackupId, file: string): Manifest {
  return readManifestFile(id, file).manifest;
}

function readManifestFile(id: BackupId, file: string) {
  try {
    const { bytes, names } = readPlain(file, MOST_BYTES);
    const manifest = Manifest.parse(jsonIn(bytes));
    if (manifest.id !== id) throw new Error(`it is of "${manifest.id}"`);
    return { manifest, bytes, names };
  } catch (error) {
    const text = plainLine((error as Error).message, 300);
    throw permanent(
      isForbidden(error) ? 'BackupUnreadable' : 'BackupDamaged',
      `Cannot read the manifest of backup "${id}": ${text}`,
    );
  }
}

/** The parser's own message quotes what it read, which may be a file that is nobody's business. */
function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Error('it is no JSON');
  }
}

function entryOf(directory: string, name: string, authors: Authors): BackupEntry {
  const id = name.replace(/\.part$/, '');
  const isPart = name.endsWith(PART);
  let bytes: number;
  try {
    bytes = bytesIn(join(at(directory), name));
  } catch (error) {
    // One whose rights are wrong hides no other, and is not damaged by that.
    if (!isForbidden(error)) throw error;
    const note = `Cannot read backup "${id}": ${(error as Error).message}`;
    return { id, state: isPart ? 'incomplete' : 'unreadable', note, bytes: 0 };
  }
  if (isPart) return { id, state: 'incomplete', note: 'Its run has not finished it', bytes };
  const { manifest } = backupPaths(directory, id);
  let manifestTime: string;
  try {
    manifestTime = readManifest(id, manifest).takenAt;
  } catch (error) {
    const { type, message } = error as ApplicationFailure;
    const state = type === 'BackupUnreadable' ? 'unreadable' : 'damaged manifest';
    return { id, state, note: message, bytes };
  }
  try {
    const { backup: whole, author } = readWhole(directory, id, authors);
    const { rows, takenAt, checks, unproven, fullCheckAt, ...backup } = whole;
    const since = fullCheckAt === undefined ? 'never' : `on ${fullCheckAt.slice(0, 10)}`;
    const note = `${capitalised(passedText({ checks, unproven }))}; integrity_check last ran ${since}`;
    const { by, doubt } = author;
    const facts = {
      class: backup.class,
      takenAt,
      rows,
      checks,
      ...(unproven && { unproven }),
      fullCheckAt,
      format: formatOf(backup.database.stored),
      ...(by !== undefined && { author: by }),
    };
    const { damage } = readLastProof(backupPaths(directory, id).final) ?? {};
    if (damage !== undefined) return { id, state: 'damaged copy', note: damage, bytes, ...facts };
    if (doubt !== undefined)
      return { id, state: 'untrusted', note: capitalised(doubt), bytes, ...facts };
    return { id, state: 'verified', note, bytes, ...facts };
  } catch (error) {
    const { type, message: note } = error as ApplicationFailure;
    const state = type === 'BackupUnreadable' ? 'unreadable' : 'damaged copy';
    return { id, state, note, bytes, takenAt: manifestTime };
  }
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function formatOf({ compression, encryption }: Stored): string {
  return encryption ? `${compression}, ${encryption}` : compression;
}

function bytesIn(directory: string): number {
  return namesIn(directory).reduce((sum, name) => sum + sizeOf(join(directory, name)), 0);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** In ms since 1970. An entry without a readable manifest stands where its id says. */
export function timeOf({ id, takenAt }: Pick<BackupEntry, 'id' | 'takenAt'>): number {
  return takenAt === undefined ? timeOfStamp(id) || 0 : Date.parse(takenAt);
}
