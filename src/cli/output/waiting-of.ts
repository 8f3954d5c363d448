import type { RunView } from '../../client/runs/view-run.ts';
import type { Waiting } from '../../engine/run/ledger.ts';

/** What an open run waits for that only a person can give. */
export function waitingOf({ status, ledger }: RunView): Waiting | undefined {
  if (status !== 'RUNNING') return undefined;
  return ledger?.find(({ state }) => state === 'waiting')?.waiting;
}
