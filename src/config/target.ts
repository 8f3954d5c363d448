import { z } from 'zod';
import { Duration } from './duration.ts';

const Path = z.string().min(1);

/** How the application's processes are started and stopped. */
export const Runtime = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('process').describe('A local process that survives its worker'),
    command: z.array(z.string()).min(1),
    environment: z.record(z.string(), z.string()).default({}),
    log: Path.default('logs/app.log'),
    stopGrace: Duration.default('30s'),
  }),
  z.strictObject({
    kind: z.literal('compose').describe('One service of a Docker Compose project'),
    file: Path.default('docker-compose.yml'),
    service: z.string(),
    stopGrace: Duration.default('30s'),
    /** Names that must be set in the container. */
    environment: z.array(z.string()).default([]),
  }),
]);
export type Runtime = z.infer<typeof Runtime>;

export const App = z.strictObject({
  /** `streamlit` answers 200 even when its script fails: its proof runs the script once. */
  kind: z.enum(['web', 'streamlit']).default('web'),
  url: z.url(),
  health: z.url(),
  timeout: Duration.default('10s'),
  ready: z
    .strictObject({ within: Duration.default('60s'), every: Duration.default('1s') })
    .prefault({}),
});

export const SqliteDatabase = z.strictObject({
  kind: z.literal('sqlite'),
  file: Path,
  /** The table whose rows prove that the application has its data. */
  keyTable: z.string(),
  /** Permissions of the database file, in octal. */
  mode: z
    .string()
    .regex(/^[0-7]{3}$/, 'Expected three octal digits, such as "600"')
    .default('600'),
});

export const RedisCache = z.strictObject({
  kind: z.literal('redis'),
  url: z.string(),
  /** Only keys that begin with this are ever cleared: the server may be shared. */
  scope: z.string().regex(/^prefix:.+/, 'Expected "prefix:" and the beginning of the keys'),
});

/** One system under care. Paths are absolute once it is loaded. */
export const Target = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'Expected lower case letters, digits and dashes'),
  directory: Path,
  /** Where runs leave claim, evidence and reports. */
  state: Path.default('.runbook'),
  runtime: Runtime,
  app: App,
  database: SqliteDatabase,
  cache: RedisCache.optional(),
  backups: z.strictObject({ directory: Path.default('backups') }),
});
export type Target = z.infer<typeof Target>;
