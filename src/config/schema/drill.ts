import { z } from 'zod';

/**
 * How the application is booted for practice, on a restored copy and beside the live one. `{database}` and `{port}` stand for
 * the copy and for a free port, in every value. The environment must not lead it to anything that is shared, such as a cache.
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
