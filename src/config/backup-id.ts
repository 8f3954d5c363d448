import { z } from 'zod';
import { instantOf } from './time/instant.ts';
import { Stamp } from './time/stamp.ts';

/** Names one backup by the UTC second its run began, e.g. `20260105_020000`. */
export const BackupId = Stamp;
export type BackupId = Stamp;

const Before = z
  .string()
  .regex(/^before \S+$/)
  .refine((text) => instantOf(text.slice('before '.length)) !== undefined);

/**
 * Which backup a person means: an id, `latest`, or `before <time>`, the newest taken before that time.
 * `lists` says what the command line shows when it is missing or unknown.
 */
export const BackupReference = z
  .union(
    [BackupId, z.literal('latest'), Before],
    'Expected a backup id such as "20260105_020000", "latest", or "before 2026-01-05T02:00:00Z"',
  )
  .meta({ lists: 'backups' });
export type BackupReference = z.infer<typeof BackupReference>;
