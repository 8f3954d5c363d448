import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupClass } from '../../../../src/activities/artefact/manifest.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { stampOf } from '../../../../src/config/time/stamp.ts';
import { writeUnsigned } from '../../backups/support/write-manifest.ts';

/** Backups that were taken so many days before `now`, each a whole one of its own. Answers their ids. */
export function ageBackups(
  { backups }: Pick<SqliteTarget, 'backups'>,
  from: string,
  days: readonly number[],
  { now, kind = 'daily' }: { readonly now: string; readonly kind?: BackupClass },
): string[] {
  return days.map((age) => {
    const taken = new Date(Date.parse(now) - age * 86_400_000);
    const id = stampOf(taken);
    const directory = join(backups.directory, id);
    cpSync(join(backups.directory, from), directory, { recursive: true });
    const file = join(directory, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
    const changed = { ...manifest, id, class: kind, takenAt: taken.toISOString() };
    writeUnsigned(file, changed);
    return id;
  });
}
