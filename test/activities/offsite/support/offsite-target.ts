import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { BackupId } from '../../../../src/config/backup-id.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { stampOf } from '../../../../src/config/time/stamp.ts';
import { targetIn } from '../../../support/target.ts';
import { backUp } from '../../database/support/fixtures.ts';
import { offsiteBackups, type OffsiteOptions } from './offsite-backups.ts';

export async function offsiteTarget(
  directory: string,
  options: OffsiteOptions,
): Promise<SqliteTarget> {
  const backups = await offsiteBackups(directory, options);
  return targetIn(directory, {
    backups: { directory: join(directory, 'backups'), compression: 'none', ...backups },
  });
}

/** Rows that nothing makes smaller, so many MB of them. */
export function fillWithNoise(file: string, megabytes: number): void {
  const db = new Database(file);
  db.exec('create table if not exists noise (bytes blob)');
  const insert = db.prepare('insert into noise values (randomblob(1048576))');
  for (let count = 0; count < megabytes; count += 1) insert.run();
  db.close();
}

/** A verified backup that was taken so many days ago. */
export async function backUpAged(target: SqliteTarget, days: number): Promise<BackupId> {
  const stamp = stampOf(new Date(Date.now() - days * 86_400_000));
  return (await backUp(target, { stamp, run: `daily-backup/${target.name}/${stamp}` })).id;
}
