import { z } from 'zod';
import { Duration } from '../time/duration.ts';
import { Offsite } from './backups/offsite.ts';
import { Weekday } from './values/times.ts';

/** Where backups lie and how long they stay. Files are relative to the target's directory. */
export const Backups = z
  .strictObject({
    directory: z.string().min(1).default('backups'),
    /** On a second disk: every backup is copied there, too. */
    copy: z.string().min(1).optional(),
    /** On other premises: verified backups go there, too. */
    offsite: Offsite.optional(),
    /** `zstd`: `zstd -d` opens it. `none` where the file system compresses by itself. */
    compression: z.enum(['zstd', 'none']).default('zstd'),
    /** Everything but the manifest is then an age file (https://age-encryption.org): `age -d -i <key>` opens it. */
    encryption: z
      .strictObject({
        /** What `age-keygen` writes. The first identity encrypts; all of them open, so that keys can be changed. */
        key: z
          .string()
          .regex(/^file:.+$/, 'Expected "file:PATH": the key itself does not belong here'),
      })
      .optional(),
    /** Who may have made a backup that counts. Every backup is signed, whatever is said here. */
    trust: z
      .strictObject({
        /** `latest`, drills and retention pass over what lacks it. Missing: `[signature]` where backups are encrypted, else nothing. */
        demand: z.array(z.enum(['signature', 'encryption'])).optional(),
        /** Public keys of other hosts whose backups of this target count, too: `runbook backups key` prints that of a host. */
        signers: z
          .array(
            z
              .string()
              .max(1000)
              .regex(
                /^\s*ssh-ed25519 [\w+/]+=*(?:\s.*)?$/,
                'Expected "ssh-ed25519 AAAA...", as "runbook backups key" prints it',
              ),
          )
          .default([]),
      })
      .prefault({}),
    /** How old the last integrity_check in full may get: it takes as long as all else together. */
    fullCheck: Duration.default('7d'),
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
        /** They go with the daily backup of that day, unless weekly-backup is scheduled: then with that one. */
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
        /** Raw files of databases that were damaged or replaced: no backups, and kept for evidence. */
        raw: Duration.default('90d'),
      })
      .prefault({}),
    /**
     * What stays as it is here when a backup is restored, unless secrets are to be restored, too. Names, `*` for any
     * characters, in any case; those that are known anyway are in docs/recovery.md.
     */
    secrets: z
      .strictObject({
        /** More keys of environment files, such as `*_SERIAL`; and those that are none, such as `KEYBOARD`. */
        keys: z.array(z.string().min(1)).default([]),
        notKeys: z.array(z.string().min(1)).default([]),
        /** More files that stay whole, by name or path; and those that do not. */
        files: z.array(z.string().min(1)).default([]),
        notFiles: z.array(z.string().min(1)).default([]),
        /** More files that are read by key, as `.env`, `.env.*`, `*.env` and what `env_file` of Compose names are. */
        environment: z.array(z.string().min(1)).default([]),
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
  })
  .refine(({ offsite, encryption }) => offsite === undefined || encryption !== undefined, {
    path: ['offsite'],
    error: 'Expected "backups.encryption" beside it: what leaves the host is encrypted',
  });
