import { z } from 'zod';
import { Duration } from '../duration.ts';
import { Bytes } from './quantities.ts';

/** One log of the application. */
export const LogFile = z.strictObject({
  file: z.string().min(1),
  /** How a line is read: Python's logging, one JSON value, a web server's access line, or text. */
  format: z.enum(['python', 'json', 'access', 'text']).default('text'),
  /** Rotated when it is as large, or as old: whichever comes first. */
  rotate: z
    .strictObject({
      size: Bytes.optional(),
      every: z.enum(['daily', 'weekly']).optional(),
      /** How many rotated files are kept. */
      copies: z.int().min(1).optional(),
    })
    .refine(({ size, every }) => size ?? every, 'Expected "size", "every" or both')
    .optional(),
  /** A deletes logs after 30 days. */
  keep: Duration.default('30d'),
});
export type LogFile = z.infer<typeof LogFile>;
