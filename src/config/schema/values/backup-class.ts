import { z } from 'zod';

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
