import { z } from 'zod';

/**
 * How the application is booted for practice, on a restored copy and beside the live one: by a command of its own, or by
 * `docker run`. In every value `{database}` stands for the copy, `{directory}` for where it lies, `{port}` for a free port,
 * `{name}` for a name that no other drill has, and `{image}` for the image of the application's container. The environment must not lead it to anything that is shared, such as a cache.
 */
export const Drill = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .refine(
      (parts) => parts.some((part) => part.includes('{port}')),
      'Expected "{port}" among the arguments',
    ),
  environment: z.record(z.string(), z.string()).default({}),
  url: z.string().default('http://127.0.0.1:{port}'),
  health: z.string().default('http://127.0.0.1:{port}/_stcore/health'),
});
