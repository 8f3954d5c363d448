import { z } from 'zod';
import { SecretName } from './values/secret.ts';
import { Duration } from '../time/duration.ts';
import { Bytes, Percent } from './values/quantities.ts';

/** What database-maintenance may do, and when it is worth it. */
const DatabaseMaintenance = z.strictObject({
  /** The newest verified backup is no older than this: a day, and the time that a backup takes. */
  backupWithin: Duration.default('26h'),
  /** The share of free pages above which a compact copy is worth its downtime. */
  compactAbove: Percent.default('20%'),
  /** When the application may be stopped for it. `window`: in the maintenance window, or when a person says so. */
  offline: z.enum(['window', 'never', 'always']).default('window'),
  /** A write-ahead log above this is cut. */
  logAbove: Bytes.default('64MB'),
});

/** What database-locked does about a process that keeps others from writing. */
const DatabaseLocks = z.strictObject({
  /** How long it is waited for. */
  wait: Duration.default('30s'),
  /** How long it has to end by itself after SIGTERM. */
  grace: Duration.default('10s'),
  /** Programs that are never ended, besides those that are known to copy, such as rsync. */
  spare: z.array(z.string().min(1)).default([]),
});

/** An index that slow-dashboard may propose: B names `idx_tenant_year` on the year of a tenant. It is made only after proof and approval. */
const IndexCandidate = z.strictObject({
  name: z.string().regex(/^[A-Za-z_]\w{0,63}$/, 'Expected letters, digits and "_"'),
  table: z.string().min(1),
  columns: z.array(z.string().min(1)).min(1).max(8),
});

/**
 * A loadable extension of SQLite with functions, collations, tokenizers or modules that the schema needs. Without it the database cannot be
 * judged in full. It is native code: only a process of its own loads it, which gets no secret and ends with the check. Neither the file nor its
 * directory may be writable for others than the worker's user and root.
 */
export const SqliteExtension = z.strictObject({
  file: z.string().min(1),
  /** Its function that is called. Default: the one that SQLite finds by the name of the file. */
  entry: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'Expected the name of a C function')
    .optional(),
  /** SQL that it needs before the check, such as `select icu_load_collation('de_DE', 'de_phone')`. */
  prepare: z.array(z.string().min(1)).default([]),
});
export type SqliteExtension = z.infer<typeof SqliteExtension>;

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
  /** What loads the application's own functions, for checks. */
  extensions: z.array(SqliteExtension).max(20).default([]),
  /** Indexes that people think of. */
  indexes: z.array(IndexCandidate).max(20).default([]),
  maintenance: DatabaseMaintenance.prefault({}),
  locks: DatabaseLocks.prefault({}),
});
export type SqliteDatabase = z.infer<typeof SqliteDatabase>;

/** An archive that people have set up, of the server that runs on this host. */
export const PostgresArchive = z.strictObject({
  kind: z.literal('pgbackrest'),
  stanza: z.string().regex(/^[\w.-]{1,100}$/, 'Expected the name of a stanza'),
  /** The program, with what it is always given, such as its `--config`. */
  command: z.array(z.string().min(1)).min(1).default(['pgbackrest']),
  /** Whose rights it and a server on what it restores get. */
  user: z.string().min(1).default('postgres'),
  /** Where a whole cluster is restored to, for a while. */
  scratch: z.string().regex(/^\//, 'Expected an absolute path').default('/var/tmp'),
});
export type PostgresArchive = z.infer<typeof PostgresArchive>;

/** How the server is known to be the one that is meant. */
const PostgresTls = z.strictObject({
  /** As libpq's sslmode: `require` encrypts, `verify-full` proves the server's name by `ca`, too. */
  mode: z.enum(['disable', 'require', 'verify-ca', 'verify-full']),
  /** Certificates of who signs the server's. Default: those of the system. */
  ca: z.string().min(1).optional(),
});

/** PostgreSQL cuts a longer one without a word. Runs add up to 30 bytes to the name, as in `_verify_20261201_020304_a1b2c3`. */
const MAX_DATABASE_NAME = 33;

/**
 * One database of a PostgreSQL server. `user` is that of operations, not the application's: it owns the database or is a member of its
 * owner, has CREATEDB, and is a member of pg_signal_backend, pg_monitor and pg_read_all_settings.
 */
export const PostgresDatabase = z
  .strictObject({
    kind: z.literal('postgres'),
    /** `postgresql://user@host:port/database` without a password, or `env:NAME` or `file:PATH` of a whole one. Instead of the keys below. */
    url: z
      .string()
      .refine((url) => SecretName.safeParse(url).success || /^postgres(ql)?:\/\//.test(url), {
        error: 'Expected "postgresql://...", "env:NAME" or "file:PATH"',
      })
      .refine((url) => SecretName.safeParse(url).success || !/^\w+:\/\/[^@/]*:[^@/]*@/.test(url), {
        error:
          'Expected no password in it: say "password", or give the whole as "env:NAME" or "file:PATH"',
      })
      .optional(),
    /** A name, an address, or the absolute path of the directory in which the server's Unix socket lies. */
    host: z.string().min(1).default('/var/run/postgresql'),
    port: z.int().min(1).max(65_535).default(5432),
    database: z
      .string()
      .min(1)
      .refine((name) => Buffer.byteLength(name) <= MAX_DATABASE_NAME, {
        error: `Expected at most ${MAX_DATABASE_NAME} bytes: runs put a stamp behind it, and PostgreSQL cuts names at 63`,
      })
      .optional(),
    user: z.string().min(1).optional(),
    password: SecretName.optional(),
    tls: PostgresTls.optional(),
    /** Connected to while the database itself is renamed. */
    via: z.string().min(1).default('postgres'),
    /** The table whose rows prove that the application has its data: `name`, or `schema.name`. */
    keyTable: z.string().min(1),
    /** Where pg_dump and pg_restore lie, of the server's version or newer. Default: on the PATH, or as Debian has them. */
    programs: z.string().min(1).optional(),
    /** Where the log of its server goes: of any moment in it a backup can be made. */
    archive: PostgresArchive.optional(),
    /** How the application's connections are known. */
    application: z
      .strictObject({
        users: z.array(z.string().min(1)).default([]),
        names: z.array(z.string().min(1)).default([]),
      })
      .prefault({}),
    /** Indexes that people think of. */
    indexes: z.array(IndexCandidate).max(20).default([]),
    maintenance: DatabaseMaintenance.prefault({}),
    locks: DatabaseLocks.prefault({}),
  })
  .refine(
    ({ url, database, user }) =>
      url !== undefined || (database !== undefined && user !== undefined),
    {
      error: 'Expected "url", or "database" and "user"',
    },
  );
export type PostgresDatabase = z.infer<typeof PostgresDatabase>;

/** By engine. What only one has is asked of `database.abilities`. */
export const AnyDatabase = z.discriminatedUnion('kind', [SqliteDatabase, PostgresDatabase]);
export type AnyDatabase = z.infer<typeof AnyDatabase>;

export const RedisCache = z.strictObject({
  kind: z.literal('redis'),
  /** `redis://host:port`; with a password, `env:NAME` or `file:PATH` of it. */
  url: z
    .string()
    .min(1)
    .refine((url) => !/^(env|file):/.test(url) || SecretName.safeParse(url).success, {
      error: 'Expected "env:NAME" or "file:PATH"',
    }),
  /** Only keys that begin with this are ever cleared: the server may be shared. */
  scope: z.string().regex(/^prefix:.+/, 'Expected "prefix:" and the beginning of the keys'),
});
