import type { Stamp } from '../../config/time/stamp.ts';
import type { Unproven } from '../../config/unproven.ts';
import type { StoredDatabase } from '../artefact/manifest.ts';
import type { CopyFacts, JournalMode, KeptCopy, Proof, ProofOptions } from './copies.ts';
import type { CreatedIndex, IndexAdvice, IndexSpec, SlowStatement } from './index-results.ts';
import type {
  Advice,
  Analysed,
  Checkpointed,
  Circumstances,
  Compacted,
  Measurement,
  Reclaimed,
  Uncompacted,
} from './upkeep-results.ts';

export interface Changed {
  readonly changed: boolean;
}

/**
 * What is known of a database. `sound`: the application can run on it. `damaged`: proven, by its pages or by what is missing. `unclear`: it
 * could not be judged here in full, and nothing that could be says that it is damaged. Only proven damage is acted on.
 */
export type Verdict = 'sound' | 'damaged' | 'unclear';

export interface Examination {
  readonly exists: boolean;
  /** By quick_check, which compares no index with its table: integrity_check takes ten times as long. */
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly finding: string;
  /** Of the main file. */
  readonly bytes: number;
}

/** Everyone who is seen to use the database keeps its log and its journal beside it. */
export interface OnePlace {
  /** What could not be looked at, as text: nothing is known of it. */
  readonly unseen?: string;
}

/** The application that was started works on the live database. */
export interface OpenedHere {
  /** Who else works on one from before, as text. */
  readonly note?: string;
}

/** A proven copy of a backup beside the live database. */
export interface Staged {
  /** Its file, or its name on the server. */
  readonly file: string;
  /** Distinguishes it from every other one, also when it is live: an inode, or the server's identifier and the database's oid. */
  readonly inode: string;
  readonly bytes: number;
  /** Of its content: a file as it is in mode `delete`, or all that its tables hold. */
  readonly sha256: string;
  /** Of a file. */
  readonly journalMode?: JournalMode;
  /** Of the key table. */
  readonly rows: number;
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  /** What of it could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** Which copies of the backup did not pass, before one did: sentences. */
  readonly passedOver?: string;
  readonly changed: boolean;
}

export interface Swapped extends Changed {
  /** What people should know of it, as text. */
  readonly note?: string;
}

export interface Kept {
  /** What was live, under a name that no application opens. Undefined when there was nothing. */
  readonly file?: string;
  readonly changed: boolean;
}

/** What became of the database of a run that was terminated. */
export interface CleanedUp extends Changed {
  /** What it had restored stays: where the database from before is. */
  readonly kept?: string;
}

/** What lies under the live name, proven to be the staged copy. */
export interface Live {
  readonly rows: number;
  readonly integrity: 'ok';
  readonly sha256: string;
}

/** A process that keeps others from writing. */
export interface LockHolder {
  readonly pid: number;
  /** With the pid, names one process for ever. */
  readonly startTime: string;
  readonly program: string;
  /** Who may be ended, and how: the application by its runtime, another after approval, ours and backups never. */
  readonly role: 'application' | 'ours' | 'backup' | 'other' | 'unseen';
  /** One sentence for people. */
  readonly note: string;
}

export interface LockHolders {
  readonly blocking: readonly LockHolder[];
  readonly note: string;
}

export interface Unlocked extends LockHolders {
  /** Whether a row could be written at the end. */
  readonly free: boolean;
  readonly tries: number;
  readonly refused: number;
}

export interface EndedLockHolder {
  /** Whether it holds the lock no more. */
  readonly released: boolean;
  readonly changed: boolean;
  readonly note: string;
}

export interface Soundness {
  /** Names of the checks that it passed. */
  readonly checks: readonly string[];
  /** What of it could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** One sentence for people. */
  readonly note: string;
}

/** What is written to a disk, in bytes. */
export interface Beside {
  readonly directory: string;
  readonly bytes: number;
}

/** What an engine can do besides. A runbook asks this, and never which engine it is. */
export interface Abilities {
  /** To replace the database with a copy without free pages. */
  readonly compaction: boolean;
  /** To bring what its log holds into the database, and make the log small. */
  readonly checkpoint: boolean;
  /** To find an index that helps slow statements, and to make it. */
  readonly indexes: boolean;
}

/**
 * One engine, for one target. An activity is tried again after it was killed at any moment, and finds what it has done. What an
 * engine has not is missing here: the activity then refuses as `NotApplicable`.
 */
export interface DatabaseDriver {
  /** Judges the live database without touching it. Damage is an answer, never a failure, and so is what cannot be judged here. */
  examine(): Promise<Examination>;

  /** Errors: `DatabaseMissing`, `DatabaseEmpty`. */
  expectContent(): Promise<void>;
  /** How much a copy of it takes at most, in bytes. Unreadable: 0. */
  sizeOfCopy(): Promise<number>;
  /**
   * Demands the space that a proof needs where the database lies, if that is another place than the backups'. `beside`: what is written besides,
   * in case it is the same disk. Error: `NoSpace`.
   */
  expectSpaceToProve?(beside: Beside): Promise<{ readonly note: string }>;
  /** The name of the file that `copyLive` makes in a backup. */
  copyName(): string;
  /** Demands that what belongs to the database lies beside it for all who use it. Error: `SidecarsElsewhere`. */
  expectOnePlace(): Promise<OnePlace>;
  /**
   * Demands that the application that was started has opened what the run of this stamp put there. Where it put nothing there, what
   * is wrong is told only. Errors: `OldDatabaseOpen`, `SidecarsElsewhere`.
   */
  expectOpenedHere(stamp?: Stamp): Promise<OpenedHere>;
  /** Copies the live database, as of one moment, into one file that is not synced, while the application writes to it. */
  copyLive(to: string): Promise<CopyFacts>;
  /** Proves a copy that nobody has open. Error: `BackupDamaged`, or what `blame` says. */
  prove(file: string, options: ProofOptions): Promise<Proof>;
  /** The files of the live database as they lie there, whatever their state. None where a server keeps them. */
  liveFiles(): readonly string[];

  /** Brings a proven copy of the backup beside the live database. The application may run. */
  stage(backup: StoredDatabase, stamp: Stamp): Promise<Staged>;
  unstage(stamp: Stamp): Promise<Changed>;
  /** Whether the copy that a run staged still waits beside the live database: it was not swapped in. */
  isStaged(stamp: Stamp): Promise<boolean>;
  /** Gives what is live a name that no application opens. What is not `sound` is kept as it lies there, never opened. */
  keep(stamp: Stamp, verdict: Verdict): Promise<Kept>;
  unkeep(stamp: Stamp): Promise<Changed>;
  /** Makes the staged copy the live database. The application is stopped. */
  swap(staged: Staged): Promise<Swapped>;
  isLive(staged: Staged): Promise<boolean>;
  /** Demands that what is live is the proven copy, before the application opens it. */
  expectLive(staged: Staged): Promise<Live>;
  /** Brings back what was kept. What had been restored stays under a name of its own. */
  putBack(stamp: Stamp): Promise<Changed>;
  /** Brings back what a terminated run had put aside, and removes what it had staged. */
  cleanUp(stamp: Stamp): Promise<CleanedUp>;
  /** What `keep` kept and is still there. `bytes`: what a copy of it takes at most. */
  kept(stamp: Stamp): Promise<{ readonly name: string; readonly bytes: number } | undefined>;
  /** Makes of it a copy in one file, synced, as `copyLive` does of what is live. */
  copyKept(stamp: Stamp, to: string): Promise<KeptCopy>;
  /** Removes it, when a backup has it. */
  removeKept(stamp: Stamp): Promise<void>;

  /** Which processes have it open. */
  openers(): Promise<readonly { readonly pid: number; readonly program: string }[]>;
  /** Who may have it open besides, and cannot be seen from here. As text. */
  unseenOpeners(): string | undefined;
  /** Who keeps others from writing. */
  findLockHolders(): Promise<LockHolders>;
  awaitUnlocked(examined?: Examination): Promise<Unlocked>;
  /** Error: `StillLocked`. */
  expectUnlocked(): Promise<{ readonly note: string }>;
  /** Ends a process that is neither the application's, nor ours, nor a backup. */
  endLockHolder(holder: LockHolder, signal: 'SIGTERM' | 'SIGKILL'): Promise<EndedLockHolder>;

  measure(): Promise<Measurement>;
  expectSound(): Promise<Soundness>;
  expectQuickCheck(): Promise<{ readonly finding: string }>;
  /** Gives free pages back, in small pieces. The application may run. */
  reclaim(): Promise<Reclaimed>;
  /** Informs its planner. The application may run. */
  analyse(): Promise<Analysed>;
  checkpoint?(): Promise<Checkpointed>;
  readonly compaction?: {
    advise(size: Measurement, circumstances: Circumstances): Advice;
    expectSpace(): { readonly note: string };
    /** The application is stopped. */
    compact(stamp: Stamp): Promise<Compacted>;
    uncompact(stamp: Stamp): Promise<Uncompacted>;
    dropKept(stamp: Stamp): Promise<Changed>;
  };
  readonly indexes?: {
    /** Proves on a copy which index helps most. The live database is read as a backup reads it. */
    advise(statements: readonly SlowStatement[]): Promise<IndexAdvice>;
    /** Whether something has its name. */
    has(index: IndexSpec): Promise<boolean>;
    /** The application may run. Error: `IndexExists`. */
    create(index: IndexSpec): Promise<CreatedIndex>;
    drop(index: IndexSpec): Promise<Changed>;
  };
}
