import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backupPaths } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { fill } from '../../../support/target.ts';
import { backUp } from '../../database/support/fixtures.ts';
import { writeUnsigned } from './write-manifest.ts';

export const FORGED = '20260109_000000';

/** What who can write to the disk puts there: three rows, a manifest that is true of them, and a time that is newer. */
export async function forge(
  target: SqliteTarget,
  id = FORGED,
  place = target.backups.directory,
): Promise<void> {
  const workshop = join(target.directory, 'workshop');
  mkdirSync(workshop);
  fill(join(workshop, 'app.db'), 3);
  const { encryption: _, ...plain } = target.backups;
  const made = {
    ...target,
    state: workshop,
    database: { ...target.database, file: join(workshop, 'app.db') },
    backups: { ...plain, directory: join(workshop, 'backups') },
  };
  await backUp(made, { stamp: id });
  rmSync(join(place, id), { recursive: true, force: true });
  renameSync(join(made.backups.directory, id), join(place, id));
  const { manifest } = backupPaths(place, id);
  const facts = JSON.parse(readFileSync(manifest, 'utf8')) as object;
  writeUnsigned(manifest, facts);
}
