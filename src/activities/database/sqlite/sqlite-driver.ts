import { basename } from 'node:path';
import type { SqliteTarget } from '../../../config/schema/target.ts';
import { isThere, sizeOf } from '../../../os/files/file-facts.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { DatabaseDriver } from '../driver.ts';
import { copyLive, expectContent } from './copy-live.ts';
import { examine } from './examine.ts';
import { databaseNames } from './file/database-files.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { openersOf } from './file/openers.ts';
import { adviseIndex } from './indexes/advise-index.ts';
import { createIndex, dropIndex, hasIndex } from './indexes/create-index.ts';
import { awaitUnlocked, expectUnlocked } from './locks/await-unlocked.ts';
import { endLockHolder } from './locks/end-lock-holder.ts';
import { findLockHolders } from './locks/lock-holders.ts';
import { expectOnePlace, unclearElsewhere, unseenOpeners } from './place/expect-one-place.ts';
import { expectOpenedHere } from './place/expect-opened-here.ts';
import { cleanUp } from './restore/clean-up.ts';
import { keep, unkeep } from './restore/keep.ts';
import { copyKept, keptBeside, removeKept } from './restore/kept-copy.ts';
import { proveCopy } from './proof/proof.ts';
import { putBack } from './restore/put-back.ts';
import { stage, unstage } from './restore/stage.ts';
import { expectLive, isLive, swap } from './restore/swap.ts';
import { adviseCompaction } from './upkeep/advise-compaction.ts';
import { analyse } from './upkeep/analyse.ts';
import { checkpointLive } from './upkeep/checkpoint-live.ts';
import { compact, expectSpaceToCompact } from './upkeep/compact.ts';
import { whyNotCopied } from './upkeep/copying.ts';
import { expectQuickCheck, expectSound } from './upkeep/expect-sound.ts';
import { measure } from './upkeep/measure.ts';
import { reclaim } from './upkeep/reclaim.ts';
import { dropKept, uncompact } from './upkeep/uncompact.ts';

/** SQLite: the database is one file, and whatever lies beside it under its name. */
export function sqliteDriver(target: SqliteTarget): DatabaseDriver {
  const { database } = target;
  const { file } = database;
  return {
    examine: async () => unclearElsewhere(target, await examine(target)),

    expectContent: async () => expectContent(file),
    sizeOfCopy: async () => sizeOf(liveFile(file)) + sizeOf(`${liveFile(file)}-wal`),
    copyName: () => basename(liveFile(file)),
    expectOnePlace: () => expectOnePlace(target),
    expectOpenedHere: (stamp) => expectOpenedHere(target, stamp),
    copyLive: (to) => copyLive(file, to),
    prove: (copy, options) =>
      proveCopy(copy, { ...options, keyTable: database.keyTable, extensions: database.extensions }),
    liveFiles: () => [liveFile(file), ...sidecarsOf(liveFile(file))],

    // While the application still runs: later, it would be down for nothing.
    stage: (backup, stamp) =>
      inOnePlace(() =>
        byHandle((at) => stage({ ...target, database: { ...database, file: at } }, backup, stamp)),
      ),
    unstage: async (stamp) => byHandle((at) => unstage({ ...database, file: at }, stamp)),
    isStaged: async (stamp) => isThere(databaseNames(file, stamp).staged),
    keep: async (stamp, verdict) => byHandle((at) => keep(at, stamp, verdict)),
    unkeep: async (stamp) => byHandle((at) => unkeep(at, stamp)),
    swap: (staged) => swap(target, staged),
    isLive: async (staged) => isLive(file, staged),
    expectLive: async (staged) => expectLive(file, database.keyTable, staged),
    putBack: async (stamp) => byHandle((at) => putBack(at, stamp)),
    cleanUp: async (stamp) => byHandle((at) => cleanUp({ ...database, file: at }, stamp)),
    kept: async (stamp) => keptBeside(file, stamp),
    copyKept: async (stamp, to) => copyKept(file, stamp, to),
    removeKept: async (stamp) => removeKept(file, stamp),

    openers: async () => openersOf(liveFile(file)),
    unseenOpeners: () => unseenOpeners(liveFile(file)),
    findLockHolders: () => findLockHolders(target),
    awaitUnlocked: (examined) => awaitUnlocked(target, examined),
    expectUnlocked: () => expectUnlocked(target),
    endLockHolder: (holder, signal) => endLockHolder(target, holder, signal),

    measure: async () => measure(database),
    expectSound: () => inOnePlace(() => expectSound(target)),
    expectQuickCheck: () => expectQuickCheck(target),
    reclaim: () => inOnePlace(() => reclaim(file)),
    analyse: () => inOnePlace(() => analyse(file)),
    checkpoint: () => inOnePlace(() => checkpointLive(database)),
    compaction: {
      advise: (size, circumstances) =>
        adviseCompaction(target, size, circumstances, () => whyNotCopied(liveFile(file))),
      expectSpace: () => expectSpaceToCompact(database),
      compact: (stamp) => inOnePlace(() => byHandle((at) => compact(at, stamp))),
      uncompact: async (stamp) => byHandle((at) => uncompact(at, stamp)),
      dropKept: async (stamp) => byHandle((at) => dropKept(at, stamp)),
    },
    indexes: {
      advise: (statements) => adviseIndex(target, statements),
      has: (index) => inOnePlace(async () => hasIndex(file, index)),
      create: (index) => inOnePlace(() => createIndex(file, index)),
      drop: (index) => inOnePlace(() => dropIndex(file, index)),
    },
  };

  /**
   * Acts in the directory in which the database was found, whatever the application puts in its place meanwhile. What is answered names
   * files as people know them.
   */
  function byHandle<Result extends object>(work: (at: string) => Result): Result;
  function byHandle<Result extends object>(work: (at: string) => Promise<Result>): Promise<Result>;
  function byHandle(work: (at: string) => object): object {
    return withHeld((held) => {
      const shown = (result: object) => JSON.parse(held.shown(JSON.stringify(result))) as object;
      const result = work(held(file));
      return result instanceof Promise ? result.then(shown) : shown(result);
    });
  }

  /** What writes to it by another log than its application would destroy it. */
  async function inOnePlace<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    await expectOnePlace(target);
    return work();
  }
}
