import { createSystems, type Systems } from '../../../../src/activities/index.ts';
import type { Backup } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import type { Proof } from '../../../../src/activities/database/copies.ts';
import type { Stamp } from '../../../../src/config/time/stamp.ts';

export { createSystems };
export const STAMP = '20260105_091500' as Stamp;
export const NEXT = '20260105_101500' as Stamp;

/** A backup, step by step as `daily-backup` makes it. */
export async function backUp(
  { backups }: Systems,
  stamp: Stamp = STAMP,
): Promise<{ proof: Proof; backup: Backup }> {
  await backups.snapshot(stamp);
  await backups.store(stamp);
  const proof = await backups.verify(stamp);
  return { proof, backup: await backups.seal(stamp, 'daily', proof) };
}
