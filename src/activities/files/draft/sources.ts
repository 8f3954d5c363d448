import { dirname, join } from 'node:path';
import type { BackupId, BackupReference } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import type { Archive, ArchiveName } from '../../artefact/manifest.ts';
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
  const chosen = findBackup(backups, reference);
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
    const older = catalogueOf(backups).backups.filter(
      ({ state, takenAt }) => state === 'verified' && takenAt! <= chosen.takenAt,
    );
    return [{ ...chosen, place: dirname(dirname(chosen.file)) }, ...older]
      .filter(({ id, place }) => archiveIn(place, id, archive) !== undefined)
      .map(({ id, takenAt }) => ({ archive, backup: id, takenAt: takenAt! }))[0];
  }
}

/** From the first place that has all of its bytes. Error: `BackupDamaged`, `BackupNotFound`. */
export function openSource({ backups }: Pick<Target, 'backups'>, source: Source): OpenSource {
  const { file, others = [] } = findBackup(backups, source.backup);
  const found = [file, ...others].map(dirname).flatMap((directory): OpenSource[] => {
    const archive = archiveIn(dirname(directory), source.backup, source.archive);
    return archive ? [{ source, directory, archive }] : [];
  });
  // Where there is no other one, whoever unpacks it finds out.
  const whole = found.length > 1 ? found.find(isWhole) : undefined;
  const open = whole ?? found[0];
  if (open) return open;
  throw permanent('BackupNotFound', `Backup "${source.backup}" has no ${source.archive} any more`);
}

function isWhole({ directory, archive: { stored } }: OpenSource): boolean {
  try {
    return sha256Of(join(directory, stored.file)) === stored.sha256;
  } catch {
    return false;
  }
}

function archiveIn(place: string, id: BackupId, name: ArchiveName): Archive | undefined {
  const { manifest } = backupPaths(place, id);
  const found = readManifest(id, manifest).archives.find((archive) => archive.name === name);
  return found?.entries.length ? found : undefined;
}
