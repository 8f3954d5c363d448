import type { z } from 'zod';
import type { Settings } from '../activities/served-by-worker/target.ts';
import type { MaintenanceWindow } from '../config/calendar/maintenance-window.ts';
import type { Stamp } from '../config/time/stamp.ts';
import type { Unfinished } from '../state/claim-database.ts';
import type { Plan, RunbookFacts } from './run/runbook-facts.ts';
import type { Step } from './steps/step.ts';

/** What a run of a runbook has at hand. */
interface RunbookContext<P extends Plan, Input> {
  readonly input: Input;
  /** The workflow id. */
  readonly run: string;
  /** Who asked for it, and why. */
  readonly by: string;
  readonly because?: string | undefined;
  /** A person wants this very run: no schedule, alert or other run has started it. */
  readonly asked: boolean;
  /** `YYYYMMDD_HHMMSS` in UTC, the same for the whole life of the run: names what it makes. */
  readonly stamp: Stamp;
  /** The target's policy, as it was when the run began. */
  readonly settings: Settings;
  /** Inside which it runs, when it is one of the maintenance window. */
  readonly window?: MaintenanceWindow | undefined;
  /** Runs that ended without releasing the target. Empty unless it may go in all the same (`whenIncomplete`). */
  readonly unfinished: readonly Unfinished[];
  /** Notifies people of what was done, as a note that wakes nobody. A plan is silent. */
  readonly mention: (text: string) => Promise<void>;
  readonly step: {
    readonly [Id in keyof P]: Step;
  };
  /** What it went on without until now, and why, as text: lines and parts that failed, or came after the cutoff. */
  readonly notDone: () => readonly string[];
}

/** A runbook: what is known of it, and its procedure. */
export type RunbookDefinition<P extends Plan, Input extends z.ZodType, Output> = RunbookFacts<
  P,
  Input
> & {
  run(context: RunbookContext<P, z.output<Input>>): Promise<Output>;
};
