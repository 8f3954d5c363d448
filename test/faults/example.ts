import type { ActivityType } from '../../src/activities/index.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Runs } from '../support/run.ts';
import type { Before } from './before.ts';
import type { FaultName } from './faults.ts';

/** The world in which a runbook is put to the test: its application runs, one backup was taken, and rows came since. */
export interface Example {
  /** Where its application runs. Missing: as a process. `replicated`: in Compose behind a proxy, on PostgreSQL, so that there can be several of it. */
  readonly runsIn?: 'compose' | 'replicated';
  input(before: Before): object;
  /** Steps that are approved with the start. */
  readonly approve?: readonly string[];
  /** Makes of the world what the runbook is for. Its workers run. */
  prepare?(world: SqliteTarget, runs: Runs, backup: string): Promise<void>;
  /** Every acting call of the happy path, in order. A recording run compares. */
  readonly calls: readonly ActivityType[];
  /** Those at which faults strike, when it is not all of them. */
  readonly played?: readonly ActivityType[];
  /** The last call whose failure undoes the run, and what its undo then calls. A recording run compares. Missing: it has none. */
  readonly undone?: {
    readonly by: ActivityType;
    readonly calls: readonly ActivityType[];
    /** Those of which none is made when one before it has failed. */
    readonly chain?: readonly ActivityType[];
  };
  /** The call at which each fault hurts most: these cells are played in every long run. */
  readonly sample: Readonly<Partial<Record<FaultName, ActivityType>>>;
  /** What it made is whole before its end, and stays when the run is stopped after it. */
  readonly stays?: true;
  /** And also when another part of it failed, and only that was undone. */
  readonly staysWhenUndone?: true;
  /** A repair takes its work back, wherever it was terminated. */
  readonly takenBack?: true;
  /** Its world does not let it end done a second time. */
  readonly onceOnly?: true;
  /** What the finished run makes of the database. `returned`: it was restored before, and is the one from before that again. */
  readonly database: 'kept' | 'restored' | 'returned';
  /** Whether its work is there, all of it, as far as it is no part of the live database. As text when it is a mix; undefined when both are well. */
  made?(
    world: SqliteTarget,
    before: Before,
    outcome: Ending['outcome'],
  ): boolean | string | undefined;
}
