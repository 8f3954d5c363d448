import { maintenanceWindowAt } from '../../config/calendar/maintenance-window.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';

/** Errors: `UsageError`, before anything is started: what disturbs people keeps to the maintenance window. */
export function expectOpenWindow({ name, maintenance }: Target, now = new Date()): void {
  if (!maintenance)
    throw new UsageError(
      `"${name}" has no "maintenance.window"`,
      'write one into its target file: docs/targets.md',
    );
  const { from, until, cutoff } = maintenanceWindowAt(maintenance.window, now);
  const at = now.toISOString();
  if (at >= from && at < cutoff) return;
  const closed =
    at >= from
      ? `The window of "${name}" ends at ${until}, and nothing begins after ${cutoff}`
      : `The maintenance window of "${name}" is closed: the next is from ${from} to ${until}`;
  throw new UsageError(closed, '--outside-window, to begin all the same');
}
