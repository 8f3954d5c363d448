import type { BackupId } from '../../../config/backup-id.ts';
import { readOffsiteRecords, writeOffsiteRecord } from '../../backups/offsite/offsite-records.ts';
import { listedBackups } from '../bucket/listed-backups.ts';
import { type Bucket, type Sender, withBucket } from '../bucket/open-bucket.ts';
import { dueOf, sendable } from './due-backups.ts';
import { sendBackup } from './send-backup.ts';

export interface Sending {
  /** Which are there now and were not before, as far as was known. */
  readonly backups: readonly BackupId[];
  /** Over the line, now: what an attempt before this one sent is not among them. */
  readonly bytes: number;
  /** `s3://bucket/prefix/target/` */
  readonly place: string;
  readonly changed: boolean;
}

/**
 * Brings every verified backup off-site that is not there yet, one after the other. What was cut short goes on where it was. Errors:
 * `OffsiteUnreachable`, `OffsiteRefused`, `OffsiteDiffers`, `SecretMissing`, `BackupDamaged`.
 */
export async function send(target: Sender): Promise<Sending> {
  return withBucket(target, async (bucket) => {
    const listed = await listedBackups(bucket);
    noteGone(target, bucket, listed);
    const records = readOffsiteRecords(target);
    const { minimum } = target.backups;
    const due = dueOf(sendable(target), { records, listed, minimum });
    let bytes = 0;
    for (const one of due) bytes += await sendBackup(target, bucket, one);
    const backups = due.map(({ id }) => id);
    return { backups, bytes, place: bucket.place, changed: due.length > 0 };
  });
}

/** Its lifecycle is over, or somebody took it away: it counts as off-site no more. */
function noteGone(target: Sender, bucket: Bucket, listed: readonly BackupId[]): void {
  const there = new Set(listed);
  const ours = readOffsiteRecords(target).filter(
    ({ id, place }) => place === `${bucket.place}${id}`,
  );
  for (const record of ours)
    if (!there.has(record.id) && record.goneAt === undefined)
      writeOffsiteRecord(target, { ...record, goneAt: new Date().toISOString() });
}
