import { dirname } from 'node:path';
import type { BackupId, BackupReference } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import type { Archive, ArchiveName } from '../../artefact/manifest.ts';
import { backupPaths, listBackups, readManifest } from '../../backups/catalogue/backup-store.ts';
import { findOnAnyDisk } from '../../backups/catalogue/find-backup.ts';

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
  { backups }: Pick<Target, 'backups'>,
  reference: BackupReference,
  wanted: readonly ArchiveName[],
): Sources {
  const chosen = findOnAnyDisk(backups, reference);
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
  return { backup, takenAt, rows, files, notes };

  function newestWith(archive: ArchiveName): Source | undefined {
    const older = [backups.directory, backups.copy ?? []]
      .flat()
      .flatMap((place) => listBackups(place).map((entry) => ({ ...entry, place })))
      .filter(({ state, takenAt }) => state === 'verified' && takenAt! <= chosen.takenAt)
      .toSorted((one, other) => other.takenAt!.localeCompare(one.takenAt!));
    return [{ ...chosen, place: dirname(dirname(chosen.file)) }, ...older]
      .filter(({ id, place }) => archiveIn(place, id, archive) !== undefined)
      .map(({ id, takenAt }) => ({ archive, backup: id, takenAt: takenAt! }))[0];
  }
}

/** From whichever disk has it. Error: `BackupDamaged`, `BackupNotFound`. */
export function openSource({ backups }: Pick<Target, 'backups'>, source: Source): OpenSource {
  const directory = dirname(findOnAnyDisk(backups, source.backup).file);
  const archive = archiveIn(dirname(directory), source.backup, source.archive);
  if (archive) return { source, directory, archive };
  throw permanent('BackupNotFound', `Backup "${source.backup}" has no ${source.archive} any more`);
}

function archiveIn(place: string, id: BackupId, name: ArchiveName): Archive | undefined {
  const { manifest } = backupPaths(place, id);
  const found = readManifest(id, manifest).archives.find((archive) => archive.name === name);
  return found?.entries.length ? found : undefined;
}
