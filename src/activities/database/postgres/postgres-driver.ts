import type { PostgresTarget } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import type { DatabaseDriver } from '../driver.ts';
import { copyLive } from './copy-live.ts';
import { examine } from './examine.ts';
import { adviseIndex } from './indexes/advise-index.ts';
import { createIndex, dropIndex, hasIndex } from './indexes/live-index.ts';
import { awaitUnlocked, expectUnlocked, findLockHolders } from './locks/await-unlocked.ts';
import { endLockHolder } from './locks/end-lock-holder.ts';
import { prove } from './proof/prove.ts';
import { keep, unkeep, withVia } from './restore/keep.ts';
import { cleanUp, putBack, removeKept } from './restore/put-back.ts';
import { stage, unstage } from './restore/stage.ts';
import { expectLive, isLive, swap } from './restore/swap.ts';
import { connectionOf, connectionText } from './server/connection.ts';
import { findDatabase, sessionsOn } from './server/databases.ts';
import { postgresNames } from './server/names.ts';
import { expectServerSpace } from './server/server-disk.ts';
import { analyse, reclaim } from './upkeep/tend.ts';
import { expectQuickCheck, expectSound } from './upkeep/expect-sound.ts';
import { measure } from './upkeep/measure.ts';

/** PostgreSQL: the database is one of a server's, by its name. Its secrets are read at each call. */
export function postgresDriver(target: PostgresTarget): DatabaseDriver {
  const at = () => connectionOf(target);
  const seen = (name: string) => withVia(target, at(), (client) => findDatabase(client, name));
  return {
    examine: () => examine(target, at()),

    expectContent: async () => {
      const found = await seen(at().database);
      if (!found)
        throw permanent('DatabaseMissing', `Cannot find the database ${connectionText(at())}`);
    },
    sizeOfCopy: async () => (await seen(at().database).catch(() => undefined))?.bytes ?? 0,
    expectSpaceToProve: (beside) =>
      withVia(target, at(), async (client) => {
        const { bytes = 0 } = (await findDatabase(client, at().database)) ?? {};
        return expectServerSpace(client, at(), bytes, beside);
      }),
    // As a file's name, whatever letters the database has.
    copyName: () => `${at().database.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.dump`,
    // All who use it ask the same server.
    expectOnePlace: async () => ({}),
    expectOpenedHere: async () => ({}),
    copyLive: (to) => copyLive(target, at(), to),
    prove: (file, options) => prove(target, at(), file, options),
    liveFiles: () => [],

    stage: (backup, stamp) => stage(target, at(), backup, stamp),
    unstage: (stamp) => unstage(target, at(), stamp),
    isStaged: async (stamp) =>
      (await seen(postgresNames(at().database, stamp).staged)) !== undefined,
    keep: (stamp) => keep(target, at(), stamp),
    unkeep: (stamp) => unkeep(target, at(), stamp),
    swap: (staged) => swap(target, at(), staged),
    isLive: (staged) => isLive(target, at(), staged),
    expectLive: (staged) => expectLive(target, at(), staged),
    putBack: (stamp) => putBack(target, at(), stamp),
    cleanUp: (stamp) => cleanUp(target, at(), stamp),
    kept: async (stamp) => {
      const { kept } = postgresNames(at().database, stamp);
      const found = await seen(kept);
      return found && { name: kept, bytes: found.bytes ?? 0 };
    },
    copyKept: async (stamp, to) => {
      const { kept } = postgresNames(at().database, stamp);
      const takenAt = new Date().toISOString();
      return { takenAt, ...(await copyLive(target, at(), to, kept)) };
    },
    removeKept: (stamp) => removeKept(target, at(), stamp),

    openers: async () => {
      const sessions = await withVia(target, at(), (client) => sessionsOn(client, at().database));
      return sessions.map(({ pid, user, name, from }) => ({
        pid,
        program: `${name === '' ? 'a client' : name} of ${user} from ${from}`,
      }));
    },
    unseenOpeners: () => undefined,
    findLockHolders: () => findLockHolders(target, at()),
    awaitUnlocked: (examined) => awaitUnlocked(target, at(), examined),
    expectUnlocked: () => expectUnlocked(target, at()),
    endLockHolder: (holder, signal) => endLockHolder(target, at(), holder, signal),

    measure: () => measure(target, at()),
    expectSound: () => expectSound(target, at()),
    expectQuickCheck: () => expectQuickCheck(target, at()),
    reclaim: () => reclaim(at()),
    analyse: () => analyse(at()),
    indexes: {
      advise: (statements) => adviseIndex(target, at(), statements),
      has: (index) => hasIndex(at(), index),
      create: (index) => createIndex(at(), index),
      drop: (index) => dropIndex(at(), index),
    },
  };
}
