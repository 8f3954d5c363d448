import { z } from 'zod';
import { BackupId } from '../../../config/backup-id.ts';

/** Why a backup was made: each class is kept for its own time. */
export const BackupClass = z.enum([
  'daily',
  'weekly',
  'maintenance',
  'pre-recovery',
  'emergency',
  'adopted',
]);
export type BackupClass = z.infer<typeof BackupClass>;

const Count = z.int().nonnegative();
const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a sha256 in lower case');
const Time = z.iso.datetime();

/** One thing that was proven of the copy, and when. */
export const Check = z.strictObject({ name: z.string(), milliseconds: z.number(), at: Time });
export type Check = z.infer<typeof Check>;

/** What the copy contains: enough to prove another copy of it without the original. */
export const DatabaseFacts = z.strictObject({
  /** Beside the manifest: a name, never a path. */
  file: z.string().regex(/^[^/\\]+$/, 'Expected a file name'),
  bytes: Count,
  sha256: Hash,
  pageSize: Count,
  pages: Count,
  schemaHash: Hash,
  tables: z.record(z.string(), Count),
  keyTable: z.string(),
  /** Of the original. The copy itself is always one file, in mode `delete`. */
  journalMode: z.enum(['wal', 'delete']),
  sqliteVersion: z.string(),
});
export type DatabaseFacts = z.infer<typeof DatabaseFacts>;

/** The last thing written into a backup. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  id: BackupId,
  class: BackupClass,
  target: z.string(),
  /** The workflow id of the run that made it. */
  run: z.string(),
  takenAt: Time,
  database: DatabaseFacts,
  checks: z.array(Check),
});
export type Manifest = z.infer<typeof Manifest>;
