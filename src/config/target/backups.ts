import { z } from 'zod';
import { Duration } from '../duration.ts';
import { Weekday } from './times.ts';

/** Where backups lie and how long they stay. Files are relative to the target's directory. */
export const Backups = z.strictObject({
  directory: z.string().min(1).default('backups'),
  /** On a second disk: every backup is copied there, too. */
  copy: z.string().min(1).optional(),
  /** So many verified backups are never deleted, however old. */
  minimum: z.int().min(1).default(2),
  daily: z
    .strictObject({
      /** Besides the database. */
      files: z.array(z.string().min(1)).default([]),
      /** A keeps 30 days, B 7. */
      keep: Duration.default('30d'),
    })
    .prefault({}),
  weekly: z
    .strictObject({
      files: z.array(z.string().min(1)).default([]),
      /** Names that are left out, such as `*.pyc`. */
      exclude: z.array(z.string().min(1)).default([]),
      day: Weekday.default('SUNDAY'),
      keep: Duration.default('56d'),
    })
    .optional(),
  /** Copies that runs take before they change something. A keeps them 90 days. */
  other: z
    .strictObject({
      emergency: Duration.default('90d'),
      maintenance: Duration.default('90d'),
      'pre-recovery': Duration.default('90d'),
    })
    .prefault({}),
  /** What drills are measured by. */
  goals: z
    .strictObject({
      /** From the order to recover until the application is ready. */
      rto: Duration.optional(),
      /** The age of the newest verified backup. */
      rpo: Duration.optional(),
    })
    .optional(),
});
