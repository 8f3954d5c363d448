import type { BackupId } from '../../src/config/backup-id.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { stampOf } from '../../src/config/time/stamp.ts';
import { backUp } from '../activities/database/support/fixtures.ts';

/** A run that begins in the same second would name its backup so, too. */
const EARLIER_MILLISECONDS = 60_000;

/**
 * A verified backup of a world whose application runs, made by the activities of daily-backup without its run: for tests of what
 * comes after. `ago`: it bears the name of so many minutes ago, so that two of one test differ.
 */
export async function takeBackup(
  world: SqliteTarget,
  { ago = 1, files = false } = {},
): Promise<BackupId> {
  const stamp = stampOf(new Date(Date.now() - ago * EARLIER_MILLISECONDS));
  const run = `daily-backup/${world.name}/${stamp}`;
  return (await backUp(world, { stamp, run, files })).id;
}
