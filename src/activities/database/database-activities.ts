import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { liveFile } from '../../os/files/live-file.ts';
import type { Backup } from '../backups/catalogue/backup-store.ts';
import { type Snapshot, snapshot } from '../backups/making/snapshot.ts';
import { quarantine, type Quarantined } from '../backups/raw-copies/quarantine.ts';
import { type BackedUp, expectBackedUp } from '../backups/reading/expect-backed-up.ts';
import { cleanUp } from './sqlite/clean-up.ts';
import { type Examination, examine } from './sqlite/examine.ts';
import { openersOf } from './sqlite/file/openers.ts';
import { keep, type Kept, unkeep } from './sqlite/keep.ts';
import { awaitUnlocked, expectUnlocked, type Unlocked } from './sqlite/locks/await-unlocked.ts';
import { type EndedLockHolder, endLockHolder } from './sqlite/locks/end-lock-holder.ts';
import { findLockHolders, type LockHolder, type LockHolders } from './sqlite/locks/lock-holders.ts';
import { putBack } from './sqlite/put-back.ts';
import { stage, type Staged, unstage } from './sqlite/stage.ts';
import { expectLive, isLive, type Live, swap } from './sqlite/swap.ts';
import {
  type Advice,
  adviseCompaction,
  type Circumstances,
} from './sqlite/upkeep/advise-compaction.ts';
import { analyse, type Analysed } from './sqlite/upkeep/analyse.ts';
import { type Checkpointed, checkpoint } from './sqlite/upkeep/checkpoint.ts';
import { compact, type Compacted, expectSpaceToCompact } from './sqlite/upkeep/compact.ts';
import { expectQuickCheck, expectSound, type Soundness } from './sqlite/upkeep/expect-sound.ts';
import { measure, type Measurement } from './sqlite/upkeep/measure.ts';
import { reclaim, type Reclaimed } from './sqlite/upkeep/reclaim.ts';
import { dropKept, uncompact, type Uncompacted } from './sqlite/upkeep/uncompact.ts';

export type { Examination, Kept, Live, Snapshot, Staged };

export interface Changed {
  readonly changed: boolean;
}

/** What may be done to the target's SQLite database. `run` is the run on whose behalf it is done. */
export function sqliteActivities(target: Target, run?: string) {
  const { database } = target;
  return {
    /** Judges the live database without touching its set. Damage is an answer, never a failure. */
    async examine(): Promise<Examination> {
      return examine(target);
    },

    /** Copies the live database, as of one moment, while the application writes to it. */
    snapshot: acting(async (stamp: Stamp): Promise<Snapshot> => snapshot(target, stamp, run)),

    /** Brings a proven copy of the backup beside the live file. The application may run. */
    stage: acting(async (backup: Backup, stamp: Stamp): Promise<Staged> =>
      stage(target, backup, stamp),
    ),

    unstage: acting(async (stamp: Stamp): Promise<Changed> => unstage(database, stamp)),

    /** Gives the live set the name `<db>.pre-<stamp>`. What is not sound is kept as it lies there, never opened. */
    keep: acting(async (stamp: Stamp, { sound }: { readonly sound: boolean }): Promise<Kept> =>
      keep(database.file, stamp, sound),
    ),

    unkeep: acting(async (stamp: Stamp): Promise<Changed> => unkeep(database.file, stamp)),

    /** Brings back what a run that was terminated had put aside, and removes what it had staged. */
    cleanUp: acting(async (stamp: Stamp): Promise<Changed> => cleanUp(database, stamp)),

    /** Makes the staged copy the live file. The application is stopped. */
    swap: acting(async (staged: Staged): Promise<Changed> => swap(database.file, staged)),

    async isLive(staged: Staged): Promise<boolean> {
      return isLive(database.file, staged);
    },

    /** Brings back what was kept. What had been restored stays as `<db>.undone-<stamp>`. */
    putBack: acting(async (stamp: Stamp): Promise<Changed> => putBack(database.file, stamp)),

    /** Demands that the live file is the proven copy, byte for byte, before the application opens it. */
    async expectLive(staged: Staged): Promise<Live> {
      return expectLive(database.file, database.keyTable, staged);
    },

    /** Copies the live set, raw and hashed, to where nothing touches it. Nothing of it is opened or taken away. */
    quarantine: acting(async (stamp: Stamp): Promise<Quarantined> => quarantine(target, stamp)),

    /** Which processes have it open. */
    async findOpeners(): Promise<{ readonly open: boolean; readonly note: string }> {
      const openers = openersOf(liveFile(database.file));
      const text = openers.map(({ pid, program }) => `${program} (process ${pid})`);
      const open = text.length > 0;
      return { open, note: open ? `Open in ${text.join(', ')}` : 'Nobody has it open' };
    },

    /** Who keeps others from writing. Touches nothing. */
    async findLockHolders(): Promise<LockHolders> {
      return findLockHolders(target);
    },

    /** `examined`: what is known of the database, if anything is. */
    awaitUnlocked: acting(async (examined?: Examination): Promise<Unlocked> =>
      awaitUnlocked(target, examined),
    ),

    expectUnlocked: acting(async () => expectUnlocked(target)),

    /** Ends a process that is neither the application's, nor ours, nor a backup. */
    endLockHolder: acting(
      async (lockHolder: LockHolder, signal: 'SIGTERM' | 'SIGKILL'): Promise<EndedLockHolder> =>
        endLockHolder(target, lockHolder, signal),
    ),

    async expectBackedUp(): Promise<BackedUp> {
      return expectBackedUp(target, run ?? 'nobody');
    },

    async measure(): Promise<Measurement> {
      return measure(database);
    },

    async adviseCompaction(
      size: Measurement,
      circumstances: Omit<Circumstances, 'now'>,
    ): Promise<Advice> {
      return adviseCompaction(target, size, { ...circumstances, now: Date.now() });
    },

    async expectSound(): Promise<Soundness> {
      return expectSound(target);
    },

    async expectQuickCheck(): Promise<{ readonly finding: string }> {
      return expectQuickCheck(target);
    },

    /** The application may run. */
    reclaim: acting(async (): Promise<Reclaimed> => reclaim(database.file)),

    /** The application may run. */
    analyse: acting(async (): Promise<Analysed> => analyse(database.file)),

    /** The application may run. */
    checkpoint: acting(async (): Promise<Checkpointed> => checkpoint(database)),

    async expectSpaceToCompact(): Promise<{ readonly note: string }> {
      return expectSpaceToCompact(database);
    },

    /** Replaces the database with a copy without free pages. The application is stopped. */
    compact: acting(async (stamp: Stamp): Promise<Compacted> => compact(database.file, stamp)),

    uncompact: acting(async (stamp: Stamp): Promise<Uncompacted> =>
      uncompact(database.file, stamp),
    ),

    /** Removes what `compact` kept. */
    dropKept: acting(async (stamp: Stamp): Promise<Changed> => dropKept(database.file, stamp)),
  };
}
