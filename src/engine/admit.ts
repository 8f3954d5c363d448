import type { Settings } from '../activities/served-by-worker/target.ts';
import type { MaintenanceWindow } from '../config/calendar/maintenance-window.ts';
import { type Stamp, stampOf } from '../config/time/stamp.ts';
import type { Unfinished } from '../state/claim-database.ts';
import type { Run } from './open-run.ts';

/** What a run knows when it has its target. */
interface Admitted {
  /** The target's policy, as it was when the run began. */
  readonly settings: Settings;
  readonly stamp: Stamp;
  readonly unfinished: readonly Unfinished[];
  readonly window: MaintenanceWindow | undefined;
}

/**
 * Takes the target, for a runbook that acts, and says whom it was taken over from; a run of the maintenance window then checks
 * whether that is open. Errors: `TargetLocked`, `TargetIncomplete`, `AutomationOff`, `GovernorLimit`, `OutsideWindow`.
 */
export async function admit(run: Run): Promise<Admitted> {
  const { envelope, audit, claim, visibility, window } = run;
  const asked = envelope.stamp ?? stampOf(run.startTime);
  const admission = await audit.carried((events) => claim.take(asked, events));
  const { settings, unfinished, stamp = asked } = admission;
  run.policy = admission.policy;
  visibility.begin(admission.searchAttributes);
  run.keep(settings, admission.requester);
  if (unfinished.length > 0) await takeOver(run, unfinished);
  window.enter(settings);
  return { settings, stamp, unfinished, window: window.current() };
}

async function takeOver(run: Run, unfinished: readonly Unfinished[]): Promise<void> {
  const { audit, envelope, notices } = run;
  const from = unfinished.map((one) => one.run);
  run.tookOver = { from: from.join(', '), at: new Date().toISOString() };
  const { who } = run;
  audit.note({
    ...run.tookOver,
    what: 'took over',
    by: who?.name ?? envelope.by,
    ...(who && { who }),
  });
  await audit.flush();
  await notices.ask(
    `Took the target over from "${from.join('" and "')}", which ended without releasing it`,
  );
}
