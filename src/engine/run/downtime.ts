import type { Ledger } from './ledger.ts';

/** Whether the application is down because of this run: it has been taken down, and is not up again. */
export function isDown(
  ledger: Ledger,
  downtime: { readonly from: PropertyKey; readonly until: PropertyKey } | undefined,
): boolean {
  if (!downtime) return false;
  const state = (id: PropertyKey) => ledger.find((line) => line.id === id)?.state;
  const before = state(downtime.from);
  return before !== 'pending' && before !== 'omitted' && state(downtime.until) !== 'done';
}
