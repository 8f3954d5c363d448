import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Target } from '../../config/target.ts';
import { passing, permanent } from './failure.ts';

interface Place {
  /** 0 holds the target, 1 is its child, and so on. */
  readonly depth: number;
  /** A workflow id. */
  readonly holder: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** 1: it may stop others, and is stopped by none. */
  readonly firm: number;
}

export interface ClaimRequest {
  /** The run that holds the target and started this one: this one is let in above it. */
  readonly under?: string | undefined;
  /** False: refuse for good when the target is held. */
  readonly wait: boolean;
  /** True: ask the run that has the target to stop, unless it would ask the same of others. */
  readonly preempt: boolean;
  /** Whether a target may be taken over from a run that ended without letting go. */
  readonly takeOverDirty: boolean;
}

/** What the claim must know of other runs. */
export interface Others {
  readonly isOpen: (run: string) => Promise<boolean>;
  readonly stop: (run: string) => Promise<void>;
}

/**
 * One acting run per target. The claims lie in a small database beside the target, the newest on top.
 * Whoever acts holds its write lock meanwhile: the lock of a dead process is free, and the
 * write of a run that has lost its claim is refused.
 */
export function openClaim({ state, name }: Target) {
  const file = join(state, 'claim.db');

  return {
    /** Errors: `TargetLocked` while another run has it, `TargetDirty` when its holder ended without letting go. */
    async take(
      run: string,
      { under, wait, preempt, takeOverDirty }: ClaimRequest,
      others: Others,
    ): Promise<{ dirty?: string }> {
      const { free, dirty } = await look();
      if (dirty && !takeOverDirty)
        throw permanent(
          'TargetDirty',
          `"${name}" was left by "${dirty.holder}" (since ${dirty.since}), which ended without letting go: what it did may stand half done. Only "repair" or a recovery may take it over`,
        );
      // Waits here while an activity of the dead run still writes.
      await exclusively(file, async (db) => {
        const above = free?.depth ?? -1;
        const now = places(db)[0];
        if (now && now.depth > above && now.holder !== run && now.holder !== dirty?.holder)
          throw passing('TargetLocked', locked(now));
        db.prepare('delete from claim where depth > ?').run(above);
        if (free?.holder !== run) put(db, above + 1, run, preempt);
      });
      return dirty ? { dirty: dirty.holder } : {};

      /** The place that this run may build on, and the topmost that its holder left behind. */
      async function look(): Promise<{ free?: Place; dirty?: Place }> {
        let left: Place | undefined;
        const all = await reading(file, places);
        for (const place of all) {
          if (place.holder === run || place.holder === under)
            return { free: place, ...(left && { dirty: left }) };
          if (await others.isOpen(place.holder)) throw await refusal(place, all.at(-1)!);
          left ??= place;
        }
        return left ? { dirty: left } : {};
      }

      /** `root` is the run that all others above it work for. */
      async function refusal(place: Place, root: Place): Promise<Error> {
        if (!preempt || root.firm)
          return (wait ? passing : permanent)('TargetLocked', locked(place));
        await others.stop(root.holder);
        return passing('TargetLocked', `${locked(place)}: asked it to stop`);
      }
    },

    async release(run: string): Promise<void> {
      await exclusively(file, async (db) => {
        db.prepare('delete from claim where holder = ?').run(run);
      });
    },

    /** Every acting activity does its work in here. Error: `LockLost` when the run is no longer on top. */
    async whileHeld<Result>(run: string, work: () => Promise<Result>): Promise<Result> {
      // A target that nobody ever claimed stays untouched, even by our own file.
      if (!existsSync(file)) throw lost(run);
      return exclusively(file, async (db) => {
        const [top] = places(db);
        if (top?.holder !== run) throw lost(run, top);
        return work();
      });
    },
  };

  function lost(run: string, top?: Place): Error {
    const other = top ? `: "${top.holder}" does since ${top.since}` : '';
    return permanent('LockLost', `"${run}" does not hold "${name}"${other}`);
  }

  function locked({ holder, since }: Place): string {
    return `"${name}" is held by "${holder}" since ${since}`;
  }
}

async function reading<Result>(file: string, read: (db: Database.Database) => Result) {
  const db = await open(file);
  try {
    return read(db);
  } finally {
    db.close();
  }
}

async function exclusively<Result>(
  file: string,
  work: (db: Database.Database) => Promise<Result>,
): Promise<Result> {
  const db = await open(file);
  try {
    await untilFree(() => db.exec('begin immediate'));
    const result = await work(db);
    await untilFree(() => db.exec('commit'));
    return result;
  } finally {
    db.close(); // rolls back what was not committed
  }
}

async function open(file: string): Promise<Database.Database> {
  mkdirSync(join(file, '..'), { recursive: true });
  const db = new Database(file, { timeout: 0 });
  try {
    await untilFree(() =>
      db.exec(
        `create table if not exists claim (depth integer primary key, holder text not null,
          since text not null, firm integer not null)`,
      ),
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Waits without blocking the process: heartbeats go on meanwhile. */
async function untilFree(action: () => unknown): Promise<void> {
  for (;;) {
    try {
      action();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
      await sleep(20);
    }
  }
}

function places(db: Database.Database): Place[] {
  return db.prepare('select * from claim order by depth desc').all() as Place[];
}

function put(db: Database.Database, depth: number, holder: string, firm: boolean): void {
  const since = new Date().toISOString();
  db.prepare('insert into claim values (?, ?, ?, ?)').run(depth, holder, since, firm ? 1 : 0);
}
