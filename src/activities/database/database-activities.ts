import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import type { StoredDatabase } from '../artefact/manifest.ts';
import { databaseDriver } from './driver-for.ts';
import type {
  Abilities,
  Changed,
  CleanedUp,
  DatabaseDriver,
  EndedLockHolder,
  Examination,
  Kept,
  Live,
  LockHolder,
  LockHolders,
  Soundness,
  Staged,
  Swapped,
  Unlocked,
  Verdict,
} from './driver.ts';
import { expectOwnBackup, expectOwnStaged } from './expect-own.ts';
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

/**
 * What may be done to the target's database, whatever its engine: one driver interface for all. What copies it into a backup is a matter of
 * `backups`. Error of what its engine has not: `NotApplicable`.
 */
export function databaseActivities(
  target: Target,
  driver: DatabaseDriver = databaseDriver(target),
) {
  return {
    /** What its engine can do besides. */
    async abilities(): Promise<Abilities> {
      return {
        compaction: driver.compaction !== undefined,
        checkpoint: driver.checkpoint !== undefined,
        indexes: driver.indexes !== undefined,
      };
    },

    /** Judges the live database without touching it. Damage is an answer, never a failure. */
    async examine(): Promise<Examination> {
      return driver.examine();
    },

    /** Brings a proven copy of the backup beside the live database. The application may run. */
    stage: acting(async (backup: StoredDatabase, stamp: Stamp): Promise<Staged> =>
      driver.stage(expectOwnBackup(target, backup), stamp),
    ),

    unstage: acting(async (stamp: Stamp): Promise<Changed> => driver.unstage(stamp)),

    /** Gives what is live a name that no application opens. What is not `sound` is kept as it lies there, never opened. */
    keep: acting(async (stamp: Stamp, { verdict }: { readonly verdict: Verdict }): Promise<Kept> =>
      driver.keep(stamp, verdict),
    ),

    unkeep: acting(async (stamp: Stamp): Promise<Changed> => driver.unkeep(stamp)),

    /** Brings back what a terminated run had put aside, and removes what it had staged. */
    cleanUp: acting(async (stamp: Stamp): Promise<CleanedUp> => driver.cleanUp(stamp)),

    /** Makes the staged copy the live database. The application is stopped. */
    swap: acting(async (staged: Staged): Promise<Swapped> =>
      driver.swap(expectOwnStaged(target, staged)),
    ),

    async isLive(staged: Staged): Promise<boolean> {
      return driver.isLive(expectOwnStaged(target, staged));
    },

    /** Brings back what was kept. What had been restored stays under a name of its own. */
    putBack: acting(async (stamp: Stamp): Promise<Changed> => driver.putBack(stamp)),

    /** Demands that what is live is the proven copy, byte for byte, before the application opens it. */
    async expectLive(staged: Staged): Promise<Live> {
      return driver.expectLive(expectOwnStaged(target, staged));
    },

    /** Which processes have it open. */
    async findOpeners(): Promise<{ readonly open: boolean; readonly note: string }> {
      const names = (await driver.openers()).map(
        ({ pid, program }) => `${program} (process ${pid})`,
      );
      const open = names.length > 0;
      const unseen = driver.unseenOpeners();
      const none = unseen === undefined ? 'Nobody has it open' : 'Nobody is seen to have it open';
      const note = open ? `Open in ${names.join(', ')}` : none;
      return { open, note: unseen === undefined ? note : `${note}. Not known: ${unseen}` };
    },

    /** Who keeps others from writing. Changes nothing. */
    async findLockHolders(): Promise<LockHolders> {
      return driver.findLockHolders();
    },

    /** `examined`: what is known of the database, if anything is. */
    awaitUnlocked: acting(async (examined?: Examination): Promise<Unlocked> =>
      driver.awaitUnlocked(examined),
    ),

    expectUnlocked: acting(async () => driver.expectUnlocked()),

    /** Ends a process that is neither the application's, nor ours, nor a backup. */
    endLockHolder: acting(
      async (holder: LockHolder, signal: 'SIGTERM' | 'SIGKILL'): Promise<EndedLockHolder> =>
        driver.endLockHolder(holder, signal),
    ),

    async measure(): Promise<Measurement> {
      return driver.measure();
    },

    async expectSound(): Promise<Soundness> {
      return driver.expectSound();
    },

    async expectQuickCheck(): Promise<{ readonly finding: string }> {
      return driver.expectQuickCheck();
    },

    /** Gives free pages back, in small pieces. The application may run. */
    reclaim: acting(async (): Promise<Reclaimed> => driver.reclaim()),

    /** Informs its planner. The application may run. */
    analyse: acting(async (): Promise<Analysed> => driver.analyse()),

    /** Brings what its log holds into the database, and cuts a long log. The application may run. */
    checkpoint: acting(async (): Promise<Checkpointed> => able('checkpoint').call(driver)),

    async adviseCompaction(
      size: Measurement,
      circumstances: Omit<Circumstances, 'now'>,
    ): Promise<Advice> {
      return able('compaction').advise(size, { ...circumstances, now: Date.now() });
    },

    async expectSpaceToCompact(): Promise<{ readonly note: string }> {
      return able('compaction').expectSpace();
    },

    /** Replaces the database with a copy without free pages. The application is stopped. */
    compact: acting(async (stamp: Stamp): Promise<Compacted> => able('compaction').compact(stamp)),

    uncompact: acting(async (stamp: Stamp): Promise<Uncompacted> =>
      able('compaction').uncompact(stamp),
    ),

    /** Removes what `compact` kept. */
    dropKept: acting(async (stamp: Stamp): Promise<Changed> => able('compaction').dropKept(stamp)),

    /** Proves on a copy which index helps the slow statements most. The live database is only read. */
    async adviseIndex(statements: readonly SlowStatement[]): Promise<IndexAdvice> {
      return able('indexes').advise(statements);
    },

    /** Whether an index of that name is there: one that is was made by somebody else, and no undo takes it away. */
    async hasIndex(index: IndexSpec): Promise<boolean> {
      return able('indexes').has(index);
    },

    createIndex: acting(async (index: IndexSpec): Promise<CreatedIndex> =>
      able('indexes').create(index),
    ),

    /** Takes an index away that `createIndex` made, and no other. */
    dropIndex: acting(async (index: IndexSpec): Promise<Changed> => able('indexes').drop(index)),
  };

  function able<Ability extends keyof Abilities>(
    ability: Ability,
  ): NonNullable<DatabaseDriver[Ability]> {
    const it = driver[ability];
    if (it) return it;
    throw permanent(
      'NotApplicable',
      `A database of kind "${target.database.kind}" knows no ${ability}`,
    );
  }
}
