import { dirname, join } from 'node:path';
import type { BackupId, BackupReference } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import { readKey } from '../../artefact/key.ts';
import type { Archive, ArchiveName, KeptArchive } from '../../artefact/manifest.ts';
import { openedArchive } from '../../artefact/sealed-archive.ts';
import type { Stocked } from '../../backups/author/authors.ts';
import { backupPaths, readManifest } from '../../backups/catalogue/backup-store.ts';
import { catalogueOf } from '../../backups/catalogue/catalogue.ts';
import { findBackup } from '../../backups/catalogue/find-backup.ts';

/** Which files of which backup. */
export interface Source {
  readonly archive: ArchiveName;
  readonly backup: BackupId;
  readonly takenAt: string;
}

export interface Sources {
  /** Of the database. */
  readonly backup: BackupId;
  readonly takenAt: string;
  /** Of the key table. */
  readonly rows: number;
  /** Why the backup is not taken for one of the target's own. Missing: it is. */
  readonly untrusted?: string;
  readonly files: readonly Source[];
  /** What people must know of the choice: sentences. */
  readonly notes: readonly string[];
}

/** An archive, and the directory that it lies in. */
export interface OpenSource {
  readonly source: Source;
  readonly directory: string;
  readonly archive: Archive;
}

/**
 * The backup that people mean, and where its files are. A backup without them is no reason to stay without: the newest
 * before it that has some is taken, and named.
 */
export function findSources(
  target: Stocked,
  reference: BackupReference,
  wanted: readonly ArchiveName[],
): Sources {
  const chosen = findBackup(target, reference);
  const found = wanted.map((archive) => ({ archive, source: newestWith(archive) }));
  const missing = found.filter(({ source }) => source === undefined);
  if (missing.some(({ archive }) => archive === 'data'))
    throw permanent(
      'BackupNotFound',
      `Cannot find data in backup "${chosen.id}" or any before it: "backups.weekly.files" of the target says what goes with them`,
    );
  const files = found.flatMap(({ source }) => source ?? []);
  const notes = [
    ...(chosen.passedOver === undefined ? [] : [chosen.passedOver]),
    ...missing.map(({ archive }) => `No backup has ${archive}: it stays as it is`),
    ...files
      .filter(({ backup }) => backup !== chosen.id)
      .map(
        ({ archive, backup, takenAt }) =>
          `Backup "${chosen.id}" has no ${archive}: that of "${backup}" is taken, of ${takenAt}`,
      ),
  ];
  const { id: backup, takenAt, rows } = chosen;
  const { untrusted } = chosen;
  return { backup, takenAt, rows, ...(untrusted !== undefined && { untrusted }), files, notes };

  function newestWith(archive: ArchiveName): Source | undefined {
    const older = catalogueOf(target).backups.filter(
      ({ state, takenAt }) => state === 'verified' && takenAt! <= chosen.takenAt,
    );
    return [{ ...chosen, place: dirname(dirname(chosen.file)) }, ...older]
      .filter(({ id, place }) => archiveIn(place, id, archive) !== undefined)
      .map(({ id, takenAt }) => ({ archive, backup: id, takenAt: takenAt! }))[0];
  }
}

interface KeptSource extends Omit<OpenSource, 'archive'> {
  readonly archive: KeptArchive;
}

/** From the first place that has all of its bytes. Error: `BackupDamaged`, `BackupNotFound`. */
export async function openSource(target: Target, source: Source): Promise<OpenSource> {
  const { file, others = [] } = findBackup(target, source.backup);
  const found = [file, ...others].map(dirname).flatMap((directory): KeptSource[] => {
    const archive = archiveIn(dirname(directory), source.backup, source.archive);
    return archive ? [{ source, directory, archive }] : [];
  });
  // Where there is no other one, whoever unpacks it finds out.
  const whole = found.length > 1 ? found.find(isWhole) : undefined;
  const open = whole ?? found[0];
  if (open) {
    const key = 'sealed' in open.archive ? await readKey(target) : undefined;
    return { ...open, archive: await openedArchive(open.archive, key, source.backup) };
  }
  throw permanent('BackupNotFound', `Backup "${source.backup}" has no ${source.archive} any more`);
}

function isWhole({ directory, archive: { stored } }: KeptSource): boolean {
  try {
    return sha256Of(join(directory, stored.file)) === stored.sha256;
  } catch {
    return false;
  }
}

function archiveIn(place: string, id: BackupId, name: ArchiveName): KeptArchive | undefined {
  const { manifest } = backupPaths(place, id);
  const found = readManifest(id, manifest).archives.find((archive) => archive.name === name);
  return found && ('sealed' in found || found.entries.length > 0) ? found : undefined;
}
