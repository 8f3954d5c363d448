import { z } from 'zod';
import { BackupId } from '../../config/backup-id.ts';
import { BackupClass } from '../../config/schema/values/backup-class.ts';
import type { Unproven } from '../../config/unproven.ts';

export { BackupClass };

/** Of one manifest: a list of a million files has less. */
export const MOST_BYTES = 256 * 2 ** 20;
/** More than one host has ever had of them: what is beyond is no manifest of ours. */
const MOST_TABLES = 10_000;
const MOST_ENTRIES = 1_000_000;

const Count = z.int().nonnegative();
const Text = z.string().max(4096);
const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a sha256 in lower case');
const Time = z.iso.datetime();

/** One thing that was proven of the copy, and when. */
export const Check = z.strictObject({
  name: z.string().max(300),
  milliseconds: z.number(),
  at: Time,
});
export type Check = z.infer<typeof Check>;

/** What could not be judged where something was made or checked. */
export const UnprovenChecks = z
  .array(
    z.strictObject({
      check: z.string().max(300),
      why: z.string().max(300),
    }) satisfies z.ZodType<Unproven>,
  )
  .max(100);

/** Beside the manifest: a name, never a path. */
const FileName = z
  .string()
  .max(255)
  .regex(/^(?!\.{1,2}$)[^/\\\0]+$/, 'Expected a file name');

/** One file of a backup, as it lies there. */
export const Stored = z.strictObject({
  file: FileName,
  bytes: Count,
  sha256: Hash,
  /** `zstd` is in frames: see `artefact/zstd.ts`. */
  compression: z.enum(['none', 'zstd']),
  encryption: z.literal('age').optional(),
  /** Of what also goes off-site: sha256 of the sha256 of its parts of so many bytes, by which S3 proves it without a download. */
  parts: z.strictObject({ bytes: z.int().positive(), sha256: Hash }).optional(),
});
export type Stored = z.infer<typeof Stored>;

const Facts = z.strictObject({
  /** The name of the database when it was live. */
  file: FileName,
  bytes: Count,
  sha256: Hash,
  pageSize: Count,
  pages: Count,
  schemaHash: Hash,
  tables: z
    .record(Text, Count)
    .refine((tables) => Object.keys(tables).length <= MOST_TABLES, 'Expected fewer tables'),
  keyTable: Text,
  /** Of the original. The copy itself is always one file, in mode `delete`. */
  journalMode: z.enum(['wal', 'delete']),
  sqliteVersion: z.string().max(100),
});

/** Names and values of one database on a server that its dump does not say. */
const ServerFacts = z.strictObject({
  /** Of the server: `15.18`. */
  version: z.string().max(100),
  /** Of pg_dump. */
  dumpedBy: z.string().max(200),
  systemIdentifier: z.string().max(30),
  encoding: z.string().max(50),
  collate: z.string().max(200),
  ctype: z.string().max(200),
  /** Since version 15: of ICU. */
  icuLocale: z.string().max(200).optional(),
  owner: z.string().max(63),
  connectionLimit: z.int(),
  /** `name=value`, as `ALTER DATABASE ... SET` has them, of all roles or of one. */
  settings: z.array(z.strictObject({ role: z.string().max(63).optional(), set: Text })).max(1000),
  /** Who may do what with the database itself. */
  grants: z
    .array(z.strictObject({ role: z.string().max(63), privilege: z.string().max(50) }))
    .max(10_000),
  /** Owners and grantees in it: a restore needs them, and a dump has none. */
  roles: z.array(z.string().max(63)).max(10_000),
});

const PostgresContent = z.strictObject({
  engine: z.literal('postgres'),
  /** The name of its dump, `<database>.dump`. */
  file: FileName,
  /** Of the dump. */
  bytes: Count,
  sha256: Hash,
  /** Of all definitions, with owners and rights. */
  schemaHash: Hash,
  /** Of the hashes of all tables. */
  contentHash: Hash,
  /** Rows, by `schema.table`. */
  tables: z
    .record(Text, Count)
    .refine((tables) => Object.keys(tables).length <= MOST_TABLES, 'Expected fewer tables'),
  /** Of all rows, whatever their order, by `schema.table`: two sums of md5. */
  hashes: z.record(Text, z.string().max(100)),
  keyTable: Text,
  /** On the server, with indexes. */
  databaseBytes: Count,
  server: ServerFacts,
});

/** What a dump of a PostgreSQL database contains, enough to prove a restore of it without the original, and where it is stored. */
export const PostgresFacts = PostgresContent.extend({ stored: Stored });
export type PostgresFacts = z.infer<typeof PostgresFacts>;

/** What the copy contains when it is opened, enough to prove another copy of it without the original, and where it is stored. */
export const SqliteFacts = Facts.extend({ stored: Stored }).refine(
  ({ bytes, sha256, stored }) =>
    stored.compression !== 'none' ||
    stored.encryption !== undefined ||
    (stored.sha256 === sha256 && stored.bytes === bytes),
  'What is stored as it is cannot differ from what it contains',
);
export type SqliteFacts = z.infer<typeof SqliteFacts>;

/** By engine: SQLite's is not named, because manifests are older than the second engine. */
export const DatabaseFacts = z.union([PostgresFacts, SqliteFacts]);
export type DatabaseFacts = z.infer<typeof DatabaseFacts>;

export function isPostgresFacts(facts: DatabaseFacts): facts is PostgresFacts {
  return 'engine' in facts;
}

/** The database of a backup, as far as one needs it to bring a copy of it. */
export interface StoredDatabase {
  /** Of the backup. */
  readonly id: BackupId;
  /** Where it is stored: see `database.stored` for how. */
  readonly file: string;
  /** Where else: each is tried, in this order, when one before it is not what it should be. */
  readonly others?: readonly string[];
  readonly database: DatabaseFacts;
}

const Mode = z.string().regex(/^[0-7]{1,4}$/, 'Expected rights such as "640"');

/** One thing in an archive. Paths are relative to the target's directory. */
const Entry = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file'),
    path: Text,
    mode: Mode,
    bytes: Count,
    sha256: Hash,
  }),
  z.strictObject({ type: z.literal('directory'), path: Text, mode: Mode }),
  z.strictObject({ type: z.literal('link'), path: Text, to: Text }),
]);
export type Entry = z.infer<typeof Entry>;

export const ArchiveName = z.enum(['configuration', 'data']);
export type ArchiveName = z.infer<typeof ArchiveName>;

/** Files besides the database: a tar, stored like the database. */
export const Archive = z.strictObject({
  name: ArchiveName,
  /** Of the tar. */
  bytes: Count,
  sha256: Hash,
  stored: Stored,
  entries: z.array(Entry).max(MOST_ENTRIES),
  /** What the policy names and was not there, or could not be read, and why. */
  missing: z.array(Text).max(MOST_ENTRIES),
});
export type Archive = z.infer<typeof Archive>;

/**
 * An archive that is encrypted: what is in it is, too. The sha256 of a short secret, such as a password in `.env`, is soon guessed
 * by whoever reads it in the clear.
 */
const SealedArchive = z.strictObject({
  name: ArchiveName,
  stored: Stored,
  /** Base64 of an age file: an `Archive` as JSON, without `stored`. */
  sealed: z.base64(),
});
type SealedArchive = z.infer<typeof SealedArchive>;
export type KeptArchive = Archive | SealedArchive;

const Head = z.strictObject({
  id: BackupId,
  class: BackupClass,
  target: z.string().max(300),
  /** The workflow id of the run that made it. */
  run: z.string().max(1000),
  takenAt: Time,
  checks: z.array(Check).max(100),
});

/** Another backup without which one is nothing: it stays as long, and lies first wherever both go. */
const Base = z.strictObject({ id: BackupId, sha256: Hash });

const Version1 = Head.extend({ version: z.literal(1), database: Facts });
const Version2 = Head.extend({
  version: z.literal(2),
  database: DatabaseFacts,
  archives: z.array(z.union([Archive, SealedArchive])).max(10),
  /** When integrity_check last ran in full, here or in a backup before: it did not find anything. */
  fullCheckAt: Time.optional(),
  /** What could not be judged where it was made. Missing: nothing. */
  unproven: UnprovenChecks.min(1).optional(),
  /** None is made yet that has one: what keeps backups knows of it already. */
  base: Base.optional(),
});

/** The last thing written into a backup. Of whatever version, it is read as one of the newest. */
export const Manifest = z
  .discriminatedUnion('version', [Version1, Version2])
  .transform((manifest) => (manifest.version === 1 ? upgraded(manifest) : manifest));
export type Manifest = z.infer<typeof Manifest>;

/** Version 1 stored the database as it is, and nothing else. */
function upgraded({ database, ...head }: z.infer<typeof Version1>): z.infer<typeof Version2> {
  const { file, bytes, sha256 } = database;
  const stored = { file, bytes, sha256, compression: 'none' as const };
  return { ...head, version: 2, database: { ...database, stored }, archives: [] };
}
