import type { Ending } from '../../src/engine/run/ending.ts';

/** How the first three lines of a practice ended: to inspect, to clear, to check. */
export function firstStates({ ledger }: Ending): string[] {
  return ledger.slice(0, 3).map(({ state }) => state);
}
