import { z } from 'zod';
import { Duration } from '../../time/duration.ts';
import { Inside } from '../timetable.ts';

const Command = z.array(z.string().min(1)).min(1);

/** As Debian's policy has it. */
const PackageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'Expected the name of a package, such as "openssl"');

/** What `security-updates` keeps up to date, and with what it looks for what is not. What a target does not name is left alone. */
export const Updates = z.strictObject({
  /** Debian's packages of the host: those of its security archive, all, or none. `security` and `all` need a worker that is root. */
  packages: z.enum(['security', 'all', 'none']).default('none'),
  /** Packages that stay as they are, besides those that `apt-mark hold` names. */
  hold: z.array(PackageName).default([]),
  /** Where the host's own files are: another directory when the worker runs in a container that has them there. */
  root: z.string().startsWith('/', 'Expected an absolute path').default('/'),
  /** `rebuild`: the application's image is built anew on the newest base image, or pulled, by `rebuild-application`. */
  image: z.enum(['rebuild', 'leave']).default('leave'),
  /** Bandit looks through these directories of the application. */
  code: z
    .strictObject({ command: Command.default(['bandit']), paths: z.array(Inside).min(1) })
    .optional(),
  /** pip-audit compares what a list of `name==version` lines names with what is known to be vulnerable. */
  advisories: z
    .strictObject({
      command: Command.default(['pip-audit']),
      /** A file of the application, or what `maintenance.dependencies.list` prints. */
      list: z
        .union([z.literal('installed'), z.strictObject({ file: Inside })])
        .default('installed'),
    })
    .optional(),
  /** For each command of a package manager. One that takes longer is waited for by the next try; it is never cut short. */
  timeout: Duration.default('1h'),
});
export type Updates = z.infer<typeof Updates>;
