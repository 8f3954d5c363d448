import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { atOurs, makePlace } from '../../../os/files/held/places.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import type { Check, KeptArchive, Stored } from '../../artefact/manifest.ts';
import type { CopyFacts } from '../../database/copies.ts';
import { backupPaths, readManifest } from '../catalogue/backup-store.ts';

/** A copy of the database that is not a backup yet. */
export type Copy = CopyFacts & CopyFile;

/** Its file, as far as every engine has it. */
export interface CopyFile {
  readonly file: string;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly takenAt: string;
  /** What it has passed already, when that is more than what is stored of it has to. */
  readonly passed?: readonly Check[];
}

/** The copy as it will be kept, and the sha256 of what is in it. */
export interface StoredCopy {
  readonly stored: Stored;
  readonly sha256: string;
}

interface Note {
  /** The workflow id of the run that makes it, where that is known. */
  readonly run?: string | undefined;
  readonly copy?: Copy;
  /** The copy's file is not synced, and counts until the machine starts again. */
  readonly boot?: string | undefined;
  readonly stored?: StoredCopy;
  readonly archives?: readonly KeptArchive[];
}

const NOTE = 'making.json';

/** The directory in which one run makes one backup, and its note on how far it is. */
export function openMaking(backups: string, stamp: Stamp, run: string | undefined) {
  // Its place is made by whoever begins, and found by handles from then on.
  const part = () => backupPaths(backups, stamp).part;
  const directory = () => atOurs(part());
  const file = () => join(directory(), NOTE);

  function note(): Note {
    const from = file();
    if (!isThere(from)) return {};
    const { copy, ...others } = JSON.parse(readFileSync(from, 'utf8')) as Note;
    return { ...others, ...(copy && { copy: { ...copy, file: inside(copy.file) } }) };
  }

  function write({ copy, ...others }: Note): void {
    const named = copy && { copy: { ...copy, file: basename(copy.file) } };
    writeDurably(file(), JSON.stringify({ ...others, ...named } satisfies Note));
  }

  /** Older notes have whole names. */
  function inside(name: string): string {
    return join(directory(), basename(name));
  }

  /** Two runs of one second would take each other's copy for their own. */
  function isOurs(): boolean {
    const owner = note().run;
    return owner === undefined || run === undefined || owner === run;
  }

  function expectOurs(): void {
    if (isThere(backupPaths(backups, stamp).final) || !isOurs())
      throw permanent('BackupExists', `Backup "${stamp}" is already made by another run`);
  }

  function clear(): void {
    for (const name of readdirSync(directory()))
      if (name !== NOTE) rmSync(join(directory(), name), { recursive: true });
  }

  return {
    get directory() {
      return directory();
    },
    /** Its name, which it loses when it is finished. */
    get part() {
      return part();
    },
    /** Where its manifest will be. */
    get manifest() {
      return inside('manifest.json');
    },
    isOurs,
    expectOurs,

    /** Only its name is missing: the manifest is written before the note goes. */
    isComplete(): boolean {
      const manifest = inside('manifest.json');
      return isThere(manifest) && !isThere(file()) && readManifest(stamp, manifest).run === run;
    },

    /** The copy that is finished, or what was stored of it. */
    copy(): Copy | undefined {
      expectOurs();
      return note().copy;
    },

    /** The machine went down since the copy was finished: nobody knows what its file holds. */
    isCopyLost(): boolean {
      const { boot } = note();
      return boot !== undefined && boot !== bootId();
    },

    /** How the copy is stored, when an earlier attempt finished that. */
    stored(): StoredCopy | undefined {
      expectOurs();
      return note().stored;
    },

    /** Those that are finished. */
    archives(): readonly KeptArchive[] {
      expectOurs();
      return note().archives ?? [];
    },

    /** Takes the directory, without what killed attempts left in it. */
    begin(): void {
      expectOurs();
      makePlace(backups);
      // One by one: in both at once Node calls a read-only disk a missing directory.
      if (!isThere(part())) mkdirSync(part(), { mode: 0o700 });
      clear();
      write({ run });
      syncDirectory(dirname(part()));
    },

    made(copy: Copy, { boot }: Pick<Note, 'boot'> = {}): void {
      write({ run, copy, boot });
    },

    /** Adds to the note, durably. What is in the note is done, and not done again. */
    add(more: Pick<Note, 'stored' | 'archives' | 'boot'>): void {
      write({ ...note(), ...more });
    },

    /** Removes everything, the note last: until then it says whose it is. */
    discard(): boolean {
      if (!isThere(part()) || !isOurs()) return false;
      clear();
      rmSync(file(), { force: true });
      rmdirSync(part());
      syncDirectory(dirname(part()));
      return true;
    },

    /** The note has no place in a finished backup. */
    forget(): void {
      rmSync(file(), { force: true });
      syncDirectory(directory());
    },
  };
}
