import type { Ending } from '../../engine/run/ending.ts';
import type { Ledger } from '../../engine/run/ledger.ts';
import type { DrillRecord } from '../../state/drill-history.ts';

/** What a report needs to know of a run, open or closed. */
export interface ReportedRun {
  readonly run: string;
  readonly runbook: string;
  /** Temporal's status: RUNNING, COMPLETED, FAILED, TERMINATED, ... */
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Missing while it is open. */
  readonly endedAt?: string;
  readonly ledger?: Ledger;
  /** `history`: the run itself did not answer. */
  readonly source: 'run' | 'history';
  readonly ending?: Ending;
  /** The lines between which the application is down because of the run. */
  readonly downtime?: { readonly from: PropertyKey; readonly until: PropertyKey } | undefined;
  /** Of a restore drill: all drills up to this one. */
  readonly drills?: ReportedDrills;
}

/** Drills, the oldest first, and what the target asks of them. */
export interface ReportedDrills {
  readonly records: readonly DrillRecord[];
  readonly goals: { readonly rtoMilliseconds?: number; readonly rpoMilliseconds?: number };
}
