import { z } from 'zod';
import { Duration } from '../time/duration.ts';
import { Bytes } from './values/quantities.ts';
import { Timezone } from './values/times.ts';

/** How an application learns that its log has been given a new file: by a signal that it handles. */
const Reopen = z.strictObject({
  signal: z.enum(['HUP', 'USR1', 'USR2']),
  /** Where it keeps its process id. Without it: the target's `runtime`. */
  pidFile: z.string().min(1).optional(),
  /** Another service of the runtime's Compose project, such as its proxy. */
  service: z.string().min(1).optional(),
  /** Until then it must have released the old file. */
  within: Duration.default('5s'),
});
export type Reopen = z.infer<typeof Reopen>;

const Rotate = z
  .strictObject({
    size: Bytes.optional(),
    every: z.enum(['daily', 'weekly']).optional(),
    /** How many rotated files are kept. */
    copies: z.int().min(1).optional(),
    /**
     * How the application releases a file. `rename`: at `reopen`, or because it never holds it for long. `watch`: it checks
     * at each line whether its file is still there, as Python's WatchedFileHandler. `copytruncate`: never; what is written
     * between copy and cut is lost. `application`: it rotates the file itself, and we leave it alone.
     */
    by: z.enum(['rename', 'watch', 'copytruncate', 'application']).default('rename'),
    reopen: Reopen.optional(),
    /** All but the newest of the rotated files are compressed, with gzip. */
    compress: z.boolean().default(true),
  })
  .refine(({ size, every }) => size ?? every, 'Expected "size", "every" or both')
  .refine(({ by, reopen }) => !reopen || by === 'rename', 'Expected "reopen" only by "rename"')
  .refine(
    ({ reopen }) => !(reopen?.pidFile && reopen.service),
    'Expected "pidFile" or "service" in "reopen", not both',
  );

/** One log of the application. */
export const LogFile = z.strictObject({
  file: z.string().min(1),
  /** How a line is read: Python's logging, one JSON value, a web server's access line, or text. */
  format: z.enum(['python', 'json', 'access', 'text']).default('text'),
  /** Of stamps that name none themselves, as Python's do not: it writes them by the clock of its container. */
  timezone: Timezone.default('UTC'),
  /** Rotated when it is as large, or as old: whichever comes first. */
  rotate: Rotate.optional(),
  /** Rotated files are removed after it. A says 30 days, which also holds where neither this nor `copies` is said. */
  keep: Duration.optional(),
});
export type LogFile = z.infer<typeof LogFile>;
