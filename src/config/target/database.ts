import { z } from 'zod';

export const SqliteDatabase = z.strictObject({
  kind: z.literal('sqlite'),
  file: z.string().min(1),
  /** The table whose rows prove that the application has its data. */
  keyTable: z.string(),
  /** Permissions of the database file, in octal. B's security checklist asks for 600. */
  mode: z
    .string('Expected three octal digits in quotes, such as "600"')
    .regex(/^[0-7]{3}$/, 'Expected three octal digits, such as "600"')
    .default('600'),
});

export const RedisCache = z.strictObject({
  kind: z.literal('redis'),
  url: z.string(),
  /** Only keys that begin with this are ever cleared: the server may be shared. */
  scope: z.string().regex(/^prefix:.+/, 'Expected "prefix:" and the beginning of the keys'),
});
