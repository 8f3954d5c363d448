import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupId } from '../../../config/backup-id.ts';
import { BackupClass } from '../../../config/schema/values/backup-class.ts';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

/** One file of a backup, as the bucket has it. */
const Sent = z.strictObject({
  file: z.string().max(255),
  bytes: z.int().nonnegative(),
  /** As S3 shows it: base64, with `-6` behind it where it is that of 6 parts. */
  checksum: z.string().max(100),
});

/** What is known of a backup's copy off-site without asking the bucket. */
export const OffsiteRecord = z.strictObject({
  id: BackupId,
  class: BackupClass,
  takenAt: z.iso.datetime(),
  /** `s3://bucket/prefix/target/id` */
  place: z.string().max(2000),
  files: z.array(Sent).max(20),
  /** When the bucket last said that it has all of it, with these checksums. */
  verifiedAt: z.iso.datetime(),
  /** Until when the bucket keeps it from everybody. Missing: it did not say. */
  lockedUntil: z.iso.datetime().optional(),
  /** When it was found to be no longer there: its lifecycle is over, or somebody took it away. */
  goneAt: z.iso.datetime().optional(),
});
export type OffsiteRecord = z.infer<typeof OffsiteRecord>;

/** The newest first. One that cannot be read is none: the bucket is asked again. */
export function readOffsiteRecords(target: Pick<Target, 'state'>): OffsiteRecord[] {
  const directory = directoryOf(target);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readIn(join(directory, name)))
    .toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
}

export function writeOffsiteRecord(target: Pick<Target, 'state'>, record: OffsiteRecord): void {
  const directory = directoryOf(target);
  ensurePrivate(directory);
  const text = JSON.stringify(OffsiteRecord.parse(record), undefined, 2);
  writeDurably(join(directory, `${record.id}.json`), `${text}\n`);
}

function directoryOf({ state }: Pick<Target, 'state'>): string {
  return join(state, 'offsite');
}

function readIn(file: string): OffsiteRecord[] {
  try {
    return [OffsiteRecord.parse(JSON.parse(readFileSync(file, 'utf8')))];
  } catch {
    return [];
  }
}
