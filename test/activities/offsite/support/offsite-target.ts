import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import Database from 'better-sqlite3';
import type { BackupId } from '../../../../src/config/backup-id.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { stampOf } from '../../../../src/config/time/stamp.ts';
import { type BucketServer, SENDER } from '../../../support/s3/bucket-server.ts';
import { targetIn } from '../../../support/target.ts';
import { backUp } from '../../database/support/fixtures.ts';

export interface OffsiteOptions {
  readonly server: Pick<BucketServer, 'endpoint' | 'bucket'>;
  readonly as?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly offsite?: object;
}

/** Keys beside a target, and what its file says of backups that go off-site. */
export async function offsiteBackups(
  directory: string,
  { server, as = SENDER, offsite = {} }: OffsiteOptions,
) {
  const key = join(directory, 'backups.key');
  writeFileSync(key, `${await generateIdentity()}\n`, { mode: 0o600 });
  writeFileSync(join(directory, 'access'), as.accessKeyId, { mode: 0o600 });
  writeFileSync(join(directory, 'secret'), as.secretAccessKey, { mode: 0o600 });
  return {
    encryption: { key: `file:${key}` },
    offsite: {
      kind: 's3' as const,
      endpoint: server.endpoint,
      bucket: server.bucket,
      prefix: 'runbooks',
      accessKey: `file:${join(directory, 'access')}`,
      secretKey: `file:${join(directory, 'secret')}`,
      ...offsite,
    },
  };
}

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
