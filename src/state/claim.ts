import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { heldBy } from '../config/text/held-by.ts';
import type { Target } from '../config/schema/target.ts';
import { type Stamp, stampAfter } from '../config/time/stamp.ts';
import { isThere } from '../os/files/file-facts.ts';
import { passing, permanent } from '../os/failure.ts';
import {
  exclusively,
  type Place,
  places,
  reading,
  type Unfinished,
  unfinishedIn,
} from './claim-database.ts';
import { expectAutomationMay } from './governor.ts';
import { ensurePlaceIn } from './place.ts';

export interface ClaimRequest {
  readonly stamp: Stamp;
  /** Whether the starter chose the stamp. Otherwise it is moved on to a second by which no run of this target has named anything. */
  readonly named?: boolean;
  /** The run that holds the target and started this one: this one is let in above it. */
  readonly under?: string | undefined;
  /** False: refuse for good when the target is held. */
  readonly wait: boolean;
  /** True: ask the run that has the target to stop, unless it would ask the same of others. */
  readonly preempt: boolean;
  /** True: a sev1. A run of a lesser severity that only waits for an answer of people is asked to stop, too. Missing: false. */
  readonly urgent?: boolean;
  /** Whether it may take a target over on which runs that ended without releasing it left something incomplete. */
  readonly takeOverIncomplete: boolean;
  /** Whether the governor and "automation off" may hold it back. */
  readonly governed: boolean;
}

/** A run that released the target, as Temporal tells it from others of its id: a file of Temporal from before that has it open again. */
type Execution = string;

/** As many are remembered: more than a copy of Temporal's runs can bring back. */
const MAX_ENDED = 5000;

/** What the claim must know of other runs. */
export interface Others {
  readonly isOpen: (run: string) => Promise<boolean>;
  readonly stop: (run: string) => Promise<void>;
  /** Whether a run has nothing to do but wait for people, and is of a lesser severity. Missing: none has. */
  readonly givesWay?: (run: string) => Promise<boolean>;
}

/**
 * One acting run per target. The claims lie in a small database beside the target, the newest on top.
 * Whoever acts holds its write lock meanwhile: the lock of a dead process is free, and the
 * write of a run that has lost its claim is refused.
 */
export function openClaim({ state, name, governor }: Pick<Target, 'state' | 'name' | 'governor'>) {
  const file = join(state, 'claim.db');

  return {
    /** In which the claims lie. */
    file,

    /**
     * Lets the run in, and answers what others left incomplete: it stays known until a run that may take it over has
     * put it right. Errors: `TargetLocked` while another run has it, `TargetIncomplete`, `AutomationOff`, `GovernorLimit`,
     * `RunEnded` when it has released the target before: what it did is not done twice.
     * An attempt that Temporal has given up (`givenUp`) takes nothing any more: its run may have ended, and would leave the target incomplete.
     */
    async take(
      run: string,
      {
        stamp,
        named = true,
        under,
        wait,
        preempt,
        urgent,
        takeOverIncomplete,
        governed,
      }: ClaimRequest,
      others: Others,
      givenUp?: AbortSignal,
      execution?: Execution,
    ): Promise<{ unfinished: readonly Unfinished[]; stamp: Stamp; place: string }> {
      if (execution !== undefined) await reading(file, (db) => expectNotEnded(db, run, execution));
      const { base, dead } = await inspect();
      // Waits here while an activity of a dead run still writes.
      const letIn = async (db: Database.Database) => {
        const above = base?.depth ?? -1;
        const strangers = places(db).filter(
          ({ depth, holder }) => depth > above && holder !== run && !dead.has(holder),
        );
        if (strangers[0]) throw passing('TargetLocked', locked(strangers[0]));
        db.prepare(
          'insert or ignore into unfinished select holder, stamp, since from claim where depth > ? and holder <> ?',
        ).run(above, run);
        db.prepare('delete from claim where depth > ?').run(above);
        const own = base?.holder === run ? base.stamp : named ? stamp : unusedStamp(db, stamp);
        if (base?.holder !== run)
          db.prepare('insert into claim values (?, ?, ?, ?, ?)').run(
            above + 1,
            run,
            own,
            new Date().toISOString(),
            preempt ? 1 : 0,
          );
        if (governed) expectAutomationMay(db, run, { name, governor });
        const unfinished = unfinishedIn(db);
        if (unfinished[0] && !takeOverIncomplete && !under) throw left(unfinished[0]);
        return { unfinished, stamp: own, place: ensurePlaceIn(db) };
      };
      return exclusively(file, letIn, givenUp);

      /** The place that this run may build on, and the runs above it that have ended. */
      async function inspect(): Promise<{ base?: Place; dead: ReadonlySet<string> }> {
        const dead = new Set<string>();
        const all = await reading(file, places);
        for (const place of all) {
          if (place.holder === run || place.holder === under) return { base: place, dead };
          if (await others.isOpen(place.holder)) throw await refusal(place, all.at(-1)!);
          dead.add(place.holder);
        }
        return { dead };
      }

      /** `root` is the run that all others above it work for. */
      async function refusal(place: Place, root: Place): Promise<Error> {
        const isAsked = preempt && !root.firm;
        const isWaiting =
          urgent && !isAsked && !root.firm && (await others.givesWay?.(place.holder));
        if (!isAsked && !isWaiting)
          return (wait ? passing : permanent)('TargetLocked', locked(place));
        await others.stop(root.holder);
        const why = isWaiting ? 'it only waits for people: asked it to stop' : 'asked it to stop';
        return passing('TargetLocked', `${locked(place)}: ${why}`);
      }
    },

    /** `cleanedUp`: what others had left incomplete has been put right. */
    async release(
      run: string,
      { cleanedUp, execution }: { readonly cleanedUp: boolean; readonly execution?: Execution },
      givenUp?: AbortSignal,
    ): Promise<void> {
      const letGo = async (db: Database.Database) => {
        db.prepare('delete from claim where holder = ?').run(run);
        if (cleanedUp) db.exec('delete from unfinished');
        if (execution === undefined) return;
        db.prepare('insert or ignore into ended values (?)').run(execution);
        db.prepare('delete from ended where rowid <= (select max(rowid) from ended) - ?').run(
          MAX_ENDED,
        );
      };
      await exclusively(file, letGo, givenUp);
    },

    /**
     * Every acting activity does its work in here. Errors: `LockLost` when the run is no longer on top, `TooLate` when
     * the attempt has been given up by now (`deadline`, in ms since 1970): its undo may have begun.
     */
    async whileHeld<Result>(
      run: string,
      work: () => Promise<Result>,
      deadline = Infinity,
    ): Promise<Result> {
      // A target that nobody ever claimed stays untouched, even by our own file.
      if (!isThere(file)) throw lost(run);
      return exclusively(file, async (db) => {
        const [top] = places(db);
        if (top?.holder !== run) throw lost(run, top);
        if (Date.now() > deadline)
          throw permanent(
            'TooLate',
            `"${run}" waited for "${name}" longer than the attempt may take`,
          );
        return work();
      });
    },
  };

  function lost(run: string, top?: Place): Error {
    const other = top ? `: "${top.holder}" does since ${top.since}` : '';
    return permanent('LockLost', `"${run}" does not hold "${name}"${other}`);
  }

  function left({ run, since }: Unfinished): Error {
    return permanent(
      'TargetIncomplete',
      `"${name}" was left by "${run}" (since ${since}), which ended without releasing it: what it did may be incomplete. Only "repair" or a recovery may go on`,
    );
  }

  function locked({ holder, since }: Place): string {
    return heldBy(name, holder, since);
  }
}

function expectNotEnded(db: Database.Database, run: string, execution: Execution): void {
  if (!db.prepare('select 1 from ended where execution = ?').get(execution)) return;
  throw permanent(
    'RunEnded',
    `"${run}" has ended before, and does nothing twice: Temporal's runs are those of an earlier time. How it ended: runbook report ${run}`,
  );
}

/** Two runs that begin in one second would take what the other makes for their own. */
function unusedStamp(db: Database.Database, stamp: Stamp): Stamp {
  const last = db.prepare('select max(last) from named').pluck().get() as Stamp | null;
  const unused = last !== null && stamp <= last ? stampAfter(last) : stamp;
  db.exec('delete from named');
  db.prepare('insert into named values (?)').run(unused);
  return unused;
}
