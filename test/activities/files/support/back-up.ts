import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { DATA, FILES, furnish } from '../../../support/furnished.ts';
import { BACKUP, systemsOf } from '../../database/support/scenarios.ts';

/** The target with configuration and data, and a backup of them. */
export async function backedUp(
  target: SqliteTarget,
  backups: Partial<SqliteTarget['backups']> = {},
): Promise<SqliteTarget> {
  const full: SqliteTarget = {
    ...target,
    backups: {
      ...target.backups,
      daily: { files: FILES, keep: '30d' },
      ...(DATA && { weekly: DATA }),
      ...backups,
    },
  };
  furnish(full);
  await backUp(full, BACKUP);
  return full;
}

/** Takes a backup of the full application. */
export async function backUp(target: SqliteTarget, stamp: string): Promise<void> {
  const { backups } = systemsOf(target);
  await backups.snapshot(stamp);
  await backups.store(stamp);
  const proof = await backups.verify(stamp);
  await backups.archive('weekly', stamp);
  await backups.seal(stamp, 'weekly', proof);
}
