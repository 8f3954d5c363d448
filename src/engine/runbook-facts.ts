import type { z } from 'zod';
import type { Settings } from '../activities/served-by-worker/target.ts';
import type { MaintenanceWindow } from '../config/calendar/maintenance-window.ts';
import type { Severity } from '../config/schema/severity.ts';
import type { Duration } from '../config/time/duration.ts';
import type { Stamp } from '../config/time/stamp.ts';
import type { Unfinished } from '../state/claim-database.ts';
import type { Step } from './step.ts';

export type Plan = Readonly<Record<string, string>>;

interface RunbookContext<P extends Plan, Input> {
  readonly input: Input;
  /** The workflow id. */
  readonly run: string;
  /** Who asked for it, and why. */
  readonly by: string;
  readonly because?: string | undefined;
  /** `YYYYMMDD_HHMMSS` in UTC, the same for the whole life of the run: names what it makes. */
  readonly stamp: Stamp;
  /** The target's policy, as it was when the run began. */
  readonly settings: Settings;
  /** Inside which it runs, when it is one of the maintenance window. */
  readonly window?: MaintenanceWindow | undefined;
  /** Runs that ended without releasing the target. Empty unless it may go in all the same (`whenDirty`). */
  readonly unfinished: readonly Unfinished[];
  readonly step: { readonly [Id in keyof P]: Step };
}

/** What is known of a runbook without running it: CLI words, flags and help come from here. */
export interface RunbookFacts<P extends Plan = Plan, Input extends z.ZodType = z.ZodType> {
  /** As its file, its export and Temporal's workflow type are called. */
  readonly name: string;
  readonly title: string;
  readonly family: Family;
  /** How loudly people are notified when it does not finish. */
  readonly severity: Severity;
  /** `acts`: claims the target. `reads`: changes nothing but its own state directory. */
  readonly kind: 'acts' | 'reads';
  /** The manual's figure for the whole run. */
  readonly expected: Duration;
  /** The lines between which the application is down because of the run: if one fails, undo comes before any question. */
  readonly downtime?: { readonly from: keyof P; readonly until: keyof P };
  /** When another run has the target: wait for it (the default), skip this run and tell, or ask the other to stop. */
  readonly whenHeld?: 'wait' | 'skip' | 'preempt';
  /**
   * When a run was terminated and left the target incomplete: a recovery puts that right, any other is refused. `leave`:
   * it goes in all the same, and what was left stays to be repaired.
   */
  readonly whenDirty?: 'leave';
  /** How late a scheduled run may begin; later it is skipped, and that is reported. */
  readonly lateness?: Duration;
  /** It disturbs people: it begins and ends inside the target's maintenance window. */
  readonly onlyInWindow?: boolean;
  readonly input: Input;
  readonly plan: P;
}

type Family =
  | 'lifecycle'
  | 'health'
  | 'backup'
  | 'recovery'
  | 'maintenance'
  | 'incident'
  | 'troubleshooting'
  | 'security';

export interface RunbookDefinition<
  P extends Plan,
  Input extends z.ZodType,
  Output,
> extends RunbookFacts<P, Input> {
  run(context: RunbookContext<P, z.output<Input>>): Promise<Output>;
}
