import type Database from 'better-sqlite3';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Reclaimed } from '../../upkeep-results.ts';
import { gently } from './gently.ts';

/** What a writer of the application waits at most, on a disk that is as fast at the next piece as at the last. */
const PIECE_MILLISECONDS = 5;
/** A commit costs what it costs: on a slow disk smaller pieces only make more of them. */
const SMALLEST_PIECE = 32;
/** Fewer than the 1000 pages of log at which a commit of the application would begin a checkpoint. */
const LARGEST_PIECE = 256;
/** On a slow disk, in rollback-journal mode, a GB takes ten minutes: the rest is for the next run. */
const MAX_MILLISECONDS = 10 * 60_000;

/** Gives free pages back to the file system while the application writes. For databases with `auto_vacuum = incremental`. */
export async function reclaim(file: string): Promise<Reclaimed> {
  return gently(liveFile(file), async ({ db, piece }) => {
    const { result: before } = await piece(() => freePages(db));
    let left = before;
    let size = SMALLEST_PIECE;
    let pieces = 0;
    let longest = 0;
    for (const end = Date.now() + MAX_MILLISECONDS; left > 0 && Date.now() < end;) {
      const { result, milliseconds } = await piece(() => {
        db.exec(`pragma incremental_vacuum(${size})`);
        return freePages(db);
      });
      // What the application frees meanwhile is for the next time.
      left = Math.min(left - size, result);
      size = nextSize(size, milliseconds);
      pieces += 1;
      longest = Math.max(longest, milliseconds);
    }
    const { result: after } = await piece(() => freePages(db));
    const pages = Math.max(0, before - after);
    const longestMilliseconds = Math.ceil(longest);
    return { pages, left: after, pieces, longestMilliseconds, changed: pages > 0 };
  });
}

function nextSize(size: number, took: number): number {
  const wanted = Math.floor((size * PIECE_MILLISECONDS) / Math.max(took, 0.1));
  return Math.max(SMALLEST_PIECE, Math.min(wanted, size * 2, LARGEST_PIECE));
}

function freePages(db: Database.Database): number {
  return db.pragma('freelist_count', { simple: true }) as number;
}
