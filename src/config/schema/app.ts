import { z } from 'zod';
import { Duration, isUpTo } from '../time/duration.ts';
import { Bytes } from './values/quantities.ts';

/** What people use, as it is asked past the proxy. */
export const App = z.strictObject({
  /** `streamlit` answers 200 even when its script fails: its proof runs the script once. */
  kind: z.enum(['web', 'streamlit']).default('web'),
  url: z.url(),
  health: z.url(),
  /** For one answer: B's health check waits 10 s. */
  timeout: Duration.default('10s'),
  /** Must be free before a start. */
  port: z.int().min(1).max(65_535).optional(),
  /** After a start. A checks after 30 s and 60 s; here it is asked until it answers. */
  ready: z
    .strictObject({ within: Duration.default('60s'), every: Duration.default('1s') })
    .prefault({}),
  /** What application-down tries before it rolls back: so many restarts, with a pause between them that doubles. */
  restarts: z
    .strictObject({ most: z.int().min(1).max(10).default(3), pause: Duration.default('10s') })
    .prefault({}),
  /** Must be available before a start: B asks for 1 GB. */
  minimumMemory: Bytes.optional(),
  /** Its own Python, and the versions of packages that it needs, as pip writes them: `">=1.28"`. Must be so before a start. */
  python: z
    .strictObject({
      /** Run in the target's directory, such as `[.venv/bin/python]` or `[docker, compose, run, --rm, app, python]`. */
      command: z.array(z.string().min(1)).min(1),
      versions: z.record(
        z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'Expected the name of a package'),
        z
          .string()
          .regex(/^[\w.*+!~=<>,\s-]*$/, 'Expected versions as pip takes them, such as ">=1.28"'),
      ),
    })
    .optional(),
  /** Where it says which version it is: a name of its environment, or a file. B's smoke checks demand that one is defined. */
  version: z
    .union([
      z.strictObject({
        variable: z.string().regex(/^[A-Za-z_]\w*$/, 'Expected the name of a variable'),
      }),
      z.strictObject({ file: z.string().min(1) }),
    ])
    .optional(),
});

/** How the proxy refuses new users while the application is stopped: docs/lifecycle.md. */
const Drain = z.strictObject({
  /** A file of ours, which the proxy's configuration includes in its `server` or `location`. */
  include: z.string().regex(/^\/(?!.*\/$)/, 'Expected an absolute path'),
  /** The proxy's program, run with `-T` and `-s reload`: `[nginx]`, or `[docker, exec, proxy, nginx]`. */
  command: z.array(z.string().min(1)).min(1).default(['nginx']),
  /** How long those who are there are waited for; then they are cut. A websocket stays as long as its page is open. */
  grace: Duration.refine(isUpTo('1h'), 'Expected at most "1h"').default('30s'),
});

/** How the proxy finds the containers of an application that has several: docs/lifecycle.md. */
const Replicas = z.strictObject({
  /** A file of ours, which the proxy's configuration includes in the `upstream` of the application. */
  include: z.string().regex(/^\/(?!.*\/$)/, 'Expected an absolute path'),
  /** The proxy's program, run with `-T` and `-s reload`. */
  command: z.array(z.string().min(1)).min(1).default(['nginx']),
  /** How long those are waited for who are connected to one that goes; then they are cut. */
  grace: Duration.refine(isUpTo('1h'), 'Expected at most "1h"').default('30s'),
});

/** What stands before the application. Health is asked through it, too. */
export const Proxy = z.strictObject({
  kind: z.enum(['nginx']),
  url: z.url(),
  /** How long before the certificate ends it becomes a warning. */
  certificateWarning: Duration.default('21d'),
  drain: Drain.optional(),
  replicas: Replicas.optional(),
});

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
