import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../../../config/target.ts';
import { inBytes } from '../../../../config/target/quantities.ts';
import { inMebibytes } from '../../files/room.ts';
import { liveFile } from '../file/database-set.ts';
import { type Gently, gently } from './gently.ts';

export interface Folded {
  readonly before: number;
  readonly after: number;
  readonly changed: boolean;
  /** One sentence for people. */
  readonly note: string;
}

const TRIES = 20;
const BETWEEN_TRIES = 50;

interface Answer {
  readonly busy: number;
}

/**
 * Folds the write-ahead log into the database while the application writes, and cuts it when it is above `logAbove`.
 *
 * To cut it SQLite needs the moment in which nobody reads from it. It is asked for without waiting: who waits holds the
 * writers up meanwhile.
 */
export async function foldLog({ file, maintenance }: Target['database']): Promise<Folded> {
  const live = liveFile(file);
  const log = `${live}-wal`;
  return gently(live, async ({ db, piece }) => {
    const { result: before } = await piece(() => {
      db.exec('pragma schema_version'); // opens the log
      return sizeOf(log);
    });
    const large = before > inBytes(maintenance.logAbove);
    const cut = large && (await cutLog({ db, piece }));
    const after = sizeOf(log);
    const held = large && !cut ? ', and stays: somebody reads from it' : '';
    const note = `${inMebibytes(before)}${cut ? ` -> ${inMebibytes(after)}` : held}`;
    return { before, after, changed: after < before, note };
  });
}

async function cutLog({ db, piece }: Gently): Promise<boolean> {
  for (let tries = TRIES; tries > 0; tries -= 1) {
    // Each piece before has folded in what there was: only what came since is written while nobody else can write.
    const { result } = await piece(() => db.pragma('wal_checkpoint(truncate)') as Answer[]);
    if (!result[0]?.busy) return true;
    await sleep(BETWEEN_TRIES);
  }
  return false;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
