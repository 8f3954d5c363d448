import { incidentId } from '../../incident/alert-report.ts';
import type { RoutedReport } from '../alerts/route-alert.ts';

/** Prometheus repeats what fires every minute, and a run takes 10 000 signals. */
const REPEAT_MILLISECONDS = 5 * 60_000;
const MAX_REMEMBERED = 60_000;

/** What became durable a moment ago: of each alert the last that it said. What it says again after something else is news. */
export function openMemory() {
  const last = new Map<string, { readonly said: string; readonly takenAt: number }>();
  return {
    /** It was said before, however long ago. */
    knows: (report: RoutedReport): boolean => last.get(keyOf(report))?.said === saidBy(report),

    /** It was said a moment ago. */
    has(report: RoutedReport): boolean {
      const known = last.get(keyOf(report));
      return (
        known?.said === saidBy(report) && performance.now() - known.takenAt < REPEAT_MILLISECONDS
      );
    },
    add(report: RoutedReport): void {
      const key = keyOf(report);
      last.delete(key); // to the end of the order
      last.set(key, { said: saidBy(report), takenAt: performance.now() });
      if (last.size > MAX_REMEMBERED) last.delete(last.keys().next().value!);
    },
  };
}

function keyOf({ target, fingerprint, group }: RoutedReport): string {
  return `${incidentId(target, fingerprint)} ${group?.fingerprint ?? ''}`;
}

function saidBy({ status, severity, at }: RoutedReport): string {
  return `${status} ${severity} ${at}`;
}
