import type { BackupId } from '../../../config/backup-id.ts';
import type { OffsiteRecord } from '../../backups/offsite/offsite-records.ts';
import type { Manifest } from '../../artefact/manifest.ts';
import { isEncrypted } from '../../backups/author/authors.ts';
import { backupPaths, readManifest } from '../../backups/catalogue/backup-store.ts';
import { catalogueOf } from '../../backups/catalogue/catalogue.ts';
import type { Sender } from '../bucket/open-bucket.ts';

export interface Due {
  readonly id: BackupId;
  /** Where its best copy lies. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/**
 * The backups that belong off-site: whole, by somebody whose word counts, encrypted, of this target and of a class that goes there. A base
 * comes before what needs it, then the newest, which most is lost without.
 */
export function sendable(target: Sender): readonly Due[] {
  const classes: readonly string[] = target.backups.offsite?.classes ?? [];
  const found = catalogueOf(target)
    .backups.filter(
      ({ state, class: kind }) => state === 'verified' && classes.includes(kind ?? ''),
    )
    .map(({ id, place }): Due => {
      const { final: directory, manifest } = backupPaths(place, id);
      return { id, directory, manifest: readManifest(id, manifest) };
    })
    .filter(({ manifest }) => manifest.target === target.name && isEncrypted(manifest));
  return basesFirst(found);
}

/**
 * Which of them are to be sent: what was never there, and of the newest `minimum` what is there no more. An older one that was there and is gone
 * has outlived the bucket's own retention, and is not sent again every day.
 */
export function dueOf(
  all: readonly Due[],
  {
    records,
    listed,
    minimum,
  }: {
    readonly records: readonly OffsiteRecord[];
    readonly listed: readonly BackupId[];
    readonly minimum: number;
  },
): readonly Due[] {
  const there = new Set(listed);
  const known = new Map(records.map((record) => [record.id, record]));
  const newest = new Set(all.slice(0, minimum).map(({ id }) => id));
  return all.filter(({ id }) => {
    const record = known.get(id);
    if (there.has(id)) return record === undefined || record.goneAt !== undefined;
    return record === undefined || newest.has(id);
  });
}

function basesFirst(newestFirst: readonly Due[]): readonly Due[] {
  const byId = new Map(newestFirst.map((due) => [due.id, due]));
  const ordered = new Set<Due>();
  for (const due of newestFirst) {
    const base = due.manifest.base && byId.get(due.manifest.base.id);
    if (base) ordered.add(base);
    ordered.add(due);
  }
  return [...ordered];
}
