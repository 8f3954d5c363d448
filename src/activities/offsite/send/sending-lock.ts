import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { passing } from '../../../os/failure.ts';
import type { Sender } from '../bucket/open-bucket.ts';

const Holder = z.object({ run: z.string() });

/**
 * Lets one run at a time send for a target: two would send each part twice. The lock is one of SQLite, so that of a dead process is free.
 * Answers who has it, in place of `work`'s result. Error: `OffsiteBusy`, passing, when that is an earlier attempt of the same run.
 */
export async function whileSending<Result>(
  { state }: Pick<Sender, 'state'>,
  run: string,
  work: () => Promise<Result>,
): Promise<{ readonly done: Result } | { readonly by: string }> {
  const directory = join(state, 'offsite');
  ensurePrivate(directory);
  const [lock, holder] = [join(directory, 'sending.db'), join(directory, 'sending.run')];
  const db = new Database(lock, { timeout: 0 });
  try {
    if (!locked(db)) {
      const by = holderIn(holder);
      if (by === undefined || by === run)
        throw passing('OffsiteBusy', 'An earlier attempt of this run sends yet');
      return { by };
    }
    writeDurably(holder, `${JSON.stringify({ run })}\n`);
    return { done: await work() };
  } finally {
    db.close(); // gives the lock back
  }
}

function locked(db: Database.Database): boolean {
  try {
    db.exec('begin immediate');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return false;
    throw error;
  }
}

function holderIn(file: string): string | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8'))).run;
  } catch {
    return undefined;
  }
}
