import { maintenanceWindowAt } from '../../../../config/calendar/maintenance-window.ts';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import type { Advice, Circumstances, Measurement } from '../../upkeep-results.ts';
import { percent } from './measure.ts';

/** Whether a compact copy is worth its downtime, by the target's policy. */
export function adviseCompaction(
  { database, maintenance }: Pick<SqliteTarget, 'database' | 'maintenance'>,
  { wasteful, autoVacuum, pages, freePages }: Measurement,
  { running, asked, now }: Circumstances,
  whyNotCopied: () => string | undefined = () => undefined,
): Advice {
  const { compactAbove, offline } = database.maintenance;
  const free = `${percent(freePages / pages)} of it is free`;
  if (!wasteful) return not(`${free}: not above ${compactAbove}`);
  if (autoVacuum !== 'none') return not('Its free pages are given back while it is in use');
  // To find out when the application is stopped would be a downtime for nothing.
  const missing = whyNotCopied();
  if (missing !== undefined)
    return not(`${free}, but it cannot be copied without its application: ${missing}`);
  if (!running) return { worthwhile: true, why: `${free}, and the application is down already` };
  if (offline === 'never') return not(`${free}, but its policy never stops the application`);
  if (offline === 'window' && !asked && !isWindowOpen(maintenance, now))
    return not(
      `${free}, but the application is stopped in the maintenance window only, or on demand`,
    );
  return { worthwhile: true, why: free };
}

function isWindowOpen(maintenance: SqliteTarget['maintenance'], now: number): boolean {
  if (!maintenance) return false;
  const { from, cutoff } = maintenanceWindowAt(maintenance.window, new Date(now));
  return Date.parse(from) <= now && now < Date.parse(cutoff);
}

function not(why: string): Advice {
  return { worthwhile: false, why };
}
