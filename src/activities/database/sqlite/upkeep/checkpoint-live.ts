import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { inBytes } from '../../../../config/schema/values/quantities.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import { sizeOf } from '../../../../os/files/file-facts.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Checkpointed } from '../../upkeep-results.ts';
import { type Gently, gently } from './gently.ts';

/** How long it is tried: one who writes without a pause leaves moments only. */
const TIMEOUT = 10_000;
const BETWEEN_TRIES = 50;

interface Answer {
  readonly busy: number;
}

/**
 * Checkpoints the write-ahead log while the application writes, and cuts it when it is above `logAbove`.
 *
 * To cut it SQLite needs the moment in which nobody reads from it. It is asked for without waiting: who waits holds the
 * writers up meanwhile.
 */
export async function checkpointLive({
  file,
  maintenance,
}: SqliteTarget['database']): Promise<Checkpointed> {
  const live = liveFile(file);
  const log = `${live}-wal`;
  return gently(live, async ({ db, piece }) => {
    const { result: before } = await piece(() => {
      db.exec('pragma schema_version'); // opens the log
      return sizeOf(log);
    });
    const large = before > inBytes(maintenance.logAbove);
    const cut = large ? await cutLog({ db, piece }, log) : undefined;
    const after = cut ?? before;
    const held = large ? ', and stays: somebody uses it all the time' : '';
    const note = `${inMebibytes(before)}${cut === undefined ? held : ` -> ${inMebibytes(after)}`}`;
    return { before, after, changed: after < before, note };
  });
}

/** Answers the bytes that the log has right after it was cut, if it could be. */
async function cutLog({ db, piece }: Gently, log: string): Promise<number | undefined> {
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await sleep(BETWEEN_TRIES)) {
    // Each piece before has checkpointed what there was: only what came since is written while nobody else can write.
    const { result } = await piece(() => {
      const [answer] = db.pragma('wal_checkpoint(truncate)') as Answer[];
      return answer?.busy ? undefined : sizeOf(log);
    });
    if (result !== undefined) return result;
  }
  return undefined;
}
