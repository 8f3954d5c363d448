import { z } from 'zod';

/**
 * As whom, and with which variables, a worker that is root runs what belongs to the application: its process, its Python, its tools. Whoever owns
 * the application's files chooses what these do, so they get that user's rights, and not root's.
 */
export const RunsAs = z.strictObject({
  /** A name, a number, or `number:number` of user and group. Default: whom the target's directory belongs to. `root` keeps root's rights. */
  user: z
    .union([z.string(), z.int().nonnegative().transform(String)])
    .refine((text) => /^([a-z_][a-z0-9_.-]*\$?|\d{1,10}(:\d{1,10})?)$/i.test(text), {
      error: 'Expected the name or the number of a user, such as "app" or "1000:1000"',
    })
    .optional(),
  /** Variables of the worker that it gets besides, such as `DATABASE_URL`. */
  inherit: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/, 'Expected the name of a variable'))
    .default([]),
});
export type RunsAs = z.infer<typeof RunsAs>;
