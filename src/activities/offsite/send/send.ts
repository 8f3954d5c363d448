import type { BackupId } from '../../../config/backup-id.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { readOffsiteRecords, writeOffsiteRecord } from '../../backups/offsite/offsite-records.ts';
import { listedBackups } from '../bucket/listed-backups.ts';
import { type Bucket, type Sender, withBucket } from '../bucket/open-bucket.ts';
import { type Due, dueOf, sendable } from './due-backups.ts';
import { sendBackup } from './send-backup.ts';
import { whileSending } from './sending-lock.ts';

export interface Sending {
  /** Which are there now and were not before, as far as was known. */
  readonly backups: readonly BackupId[];
  /** Over the line, now: what an attempt before this one sent is not among them. */
  readonly bytes: number;
  /** `s3://bucket/prefix/target/` */
  readonly place: string;
  readonly changed: boolean;
  /** Which were deleted here before they could be sent. */
  readonly gone: readonly BackupId[];
  /** Another run that sends, and takes along what has come since: then nothing was done here. */
  readonly by?: string;
}

/**
 * Brings every verified backup off-site that is not there yet, one after the other, those included that come meanwhile. What was cut short goes on where
 * it was. One that cannot be sent keeps no other from it. Errors: `OffsiteUnreachable`, `OffsiteRefused`, `OffsiteDiffers`, `OffsiteBusy`,
 * `SecretMissing`, `BackupDamaged`.
 */
export async function send(target: Sender, run: string): Promise<Sending> {
  return withBucket(target, async (bucket) => {
    const { place } = bucket;
    const sent: BackupId[] = [];
    const gone: BackupId[] = [];
    const failed = new Map<BackupId, Error>();
    let bytes = 0;
    const next = async () => {
      const tried = new Set([...sent, ...gone, ...failed.keys()]);
      return (await dueNow(target, bucket)).find(({ id }) => !tried.has(id));
    };
    const answer = () => ({ backups: sent, bytes, place, changed: sent.length > 0, gone });

    // Whoever came while the lock was held has left its backup to us: it is looked for once more after that.
    do {
      const found = await whileSending(target, run, async () => {
        for (let due = await next(); due; due = await next()) await sendOne(due);
      });
      if ('by' in found) return { ...answer(), by: found.by };
    } while (await next());
    const [first] = failed.values();
    if (first) throw first;
    return answer();

    async function sendOne(due: Due): Promise<void> {
      try {
        bytes += await sendBackup(target, bucket, due);
        sent.push(due.id);
      } catch (error) {
        if (!isThere(due.directory)) gone.push(due.id);
        else if (OF_ONE.has(failureOf(error).type ?? '')) failed.set(due.id, error as Error);
        else throw error;
      }
    }
  });
}

/** What says nothing of the other backups. */
const OF_ONE: ReadonlySet<string> = new Set(['BackupDamaged', 'OffsiteDiffers']);

async function dueNow(target: Sender, bucket: Bucket): Promise<readonly Due[]> {
  const listed = await listedBackups(bucket);
  noteGone(target, bucket, listed);
  const records = readOffsiteRecords(target);
  const { minimum } = target.backups;
  return dueOf(sendable(target), { records, listed, minimum });
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
