import type { Settings } from '../../activities/served-by-worker/target.ts';
import type { MaintenanceWindow } from '../../config/calendar/maintenance-window.ts';
import type { Envelope } from '../run/envelope.ts';
import { failed } from '../run/failed.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { Plan } from '../run/runbook-facts.ts';

interface WindowFacts {
  readonly onlyInWindow?: boolean;
  readonly plan: Plan;
  readonly downtime?: { readonly until: PropertyKey };
}

/** Keeps a run that disturbs people inside the target's maintenance window. */
export function openWindow(
  { onlyInWindow = false, plan, downtime }: WindowFacts,
  { automatic, outsideWindow, under, mode, target }: Envelope,
) {
  const ids = Object.keys(plan);
  let window: MaintenanceWindow | undefined;

  return {
    /** Error: `OutsideWindow`, which says how a person may begin all the same. */
    enter({ window: windows }: Settings): void {
      // A child acts inside its parent's window.
      if (!onlyInWindow || under !== undefined) return;
      const now = new Date().toISOString();
      if (!windows) throw failed('OutsideWindow', `"${target}" has no "maintenance.window"`);
      const { next, openedNow } = windows;
      // A plan does not act, and may be made at any time.
      window = outsideWindow || mode === 'plan' ? openedNow : next;
      if (now >= window.from && now < window.cutoff) return;
      const closed =
        now >= window.from
          ? late()
          : `The maintenance window of "${target}" is closed: the next is from ${next.from} to ${next.until}`;
      const insist = automatic ? '' : '. To begin all the same: --outside-window';
      throw failed('OutsideWindow', closed + insist);
    },

    /** Inside which the run is, when it must be inside one. */
    current: () => window,

    /** Why this line must not begin any more, as text. What brings the application back always may. */
    pastCutoff({ id }: LedgerLine): string | undefined {
      if (!window || new Date().toISOString() < window.cutoff) return undefined;
      const endsDowntime = downtime && ids.indexOf(id) >= ids.indexOf(String(downtime.until));
      return endsDowntime ? undefined : late();
    },
  };

  function late(): string {
    return `The window ends at ${window!.until}, and nothing begins after ${window!.cutoff}`;
  }
}
