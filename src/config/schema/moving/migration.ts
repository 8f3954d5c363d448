import { z } from 'zod';
import { Duration } from '../../time/duration.ts';
import { PostgresDatabase } from '../database.ts';
import { SecretName } from '../values/secret.ts';

const Command = z.array(z.string().min(1)).min(1);

/** How the application is told which database it works on. */
const Switch = z
  .strictObject({
    /** Its environment file, in which one line gives `variable` its value. */
    file: z.string().min(1).optional(),
    variable: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'Expected the name of a variable')
      .optional(),
    /** Of PostgreSQL, as the application needs it, such as `postgresql://shop:...@db/shop`. That of SQLite is what stands there. */
    value: SecretName.optional(),
    /** Run in the target's directory while the application is down, after the file is changed. */
    command: Command.optional(),
    /** The same on the way back. */
    back: Command.optional(),
  })
  .refine(
    ({ file, variable, value }) =>
      [file, variable, value].every((one) => one === undefined) ||
      [file, variable, value].every((one) => one !== undefined),
    { error: 'Expected "file", "variable" and "value" together' },
  )
  .refine(({ command, back }) => (command === undefined) === (back === undefined), {
    error: 'Expected "command" and "back" together: the way back needs its own',
  })
  .refine(({ file, command }) => file !== undefined || command !== undefined, {
    error: 'Expected "file", or "command"',
  });

/** From SQLite to PostgreSQL, and back: what migrate-to-postgres does. */
export const Migration = z.strictObject({
  /** Where the application is to work, empty. It stays here when `database` is changed to the same: the way back needs it. */
  to: PostgresDatabase,
  switch: Switch,
  /** The plan that people edit: a YAML file in a directory that only the worker's user can write. Default: in `state`. */
  plan: z.string().min(1).optional(),
  /** The state directory of a target that runs a second copy of the application on `to`: what has been proven there counts. */
  trial: z.string().min(1).optional(),
  /** No older than this may that be. */
  triedWithin: Duration.default('30d'),
});
export type Migration = z.infer<typeof Migration>;
