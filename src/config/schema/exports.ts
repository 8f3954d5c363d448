import { z } from 'zod';
import { Duration } from '../time/duration.ts';

/** What the application exports, and by which Python: export-failures makes one of each. */
export const Exports = z.strictObject({
  /** The application's own Python, with which it runs: `[.venv/bin/python]`, or `[docker, compose, exec, -T, app, python]`. */
  python: z.array(z.string().min(1)).min(1),
  /** A command of the application that prints its CSV. Without it: one is made of the key table. */
  csv: z.array(z.string().min(1)).min(1).optional(),
  /** What makes its PDF. B names reportlab, as optional. */
  pdf: z.enum(['reportlab']).optional(),
  /** What makes its PNG. B names kaleido, as optional. */
  png: z.enum(['kaleido']).optional(),
  /** For one of them: a browser takes seconds to start, and one that hangs takes for ever. */
  timeout: Duration.default('60s'),
});
export type Exports = z.infer<typeof Exports>;
