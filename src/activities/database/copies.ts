import type { Unproven } from '../../config/unproven.ts';
import type { Check, DatabaseFacts, PostgresFacts } from '../artefact/manifest.ts';

/** What the file itself remembers: every mode but `wal` is the application's own setting at each start. */
export type JournalMode = 'wal' | 'delete';

/** What a copy of the live database is, besides its bytes. */
export type CopyFacts =
  | {
      /** Of the original. */
      readonly journalMode: JournalMode;
      readonly sqliteVersion: string;
    }
  | {
      /** What was in it at the moment of the copy: what is restored from it has to be equal. */
      readonly postgres: PostgresContent;
    };

/** What a manifest tells of a PostgreSQL database, besides the bytes of its dump. */
export type PostgresContent = Omit<
  PostgresFacts,
  'engine' | 'file' | 'bytes' | 'sha256' | 'stored'
>;

/** What was seen of one copy, from the copy itself. */
export interface Proof {
  /** Of the key table. */
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly schemaHash: string;
  readonly tables: Readonly<Record<string, number>>;
  /** Of a file. */
  readonly pageSize?: number;
  readonly pages?: number;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  /** What could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  readonly timings: readonly Check[];
  /** When the engine's whole check last ran in full. */
  readonly fullCheckAt?: string;
}

export interface ProofOptions {
  /** How people call the copy. */
  readonly name: string;
  /** What the copy must be equal to, as its manifest says it. */
  readonly expected?: DatabaseFacts;
  /** The same, of a copy that has no manifest yet, by an engine that knows more of it than its bytes say. */
  readonly content?: PostgresContent;
  /** How its sha256 is found, when it is to be that of a stored copy. */
  readonly sha256?: () => Promise<string>;
  /** All that the engine can check, in the place of what is quick. */
  readonly full?: boolean | undefined;
  /** What to say when the engine finds damage in the copy. Without it, the copy is to blame. */
  readonly blame?: ((check: string, finding: string) => Error) | undefined;
}

/** A copy of the database that a recovery kept. */
export type KeptCopy = CopyFacts & {
  /** When it was last live: ISO. */
  readonly takenAt: string;
};
