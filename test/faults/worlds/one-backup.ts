import { listBackups } from '../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Before } from '../before.ts';

/** Whether the run has made its one backup, beside the one from before. As text when it is unfit, or when there are more. */
export function oneBackup({ backups }: SqliteTarget, before: Before): boolean | string {
  const others = listBackups(backups.directory).filter(({ id }) => id !== before.backup);
  const unfit = others.find(({ state }) => state !== 'verified');
  if (unfit) return `backup "${unfit.id}" is ${unfit.state}`;
  return others.length > 1 ? `${others.length} backups of one run` : others.length === 1;
}
