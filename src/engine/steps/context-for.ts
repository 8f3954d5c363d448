import type { StepSystems } from '../../activities/index.ts';
import type { LedgerLine } from '../run/ledger.ts';
import { type Call, record, systemsFor } from '../systems/systems.ts';
import type { Runbooks } from './children.ts';

/** The same, for a line that may also run other runbooks. */
export function contextFor(
  line: LedgerLine,
  summary: string,
  call: Call,
  runbooks: Runbooks,
): StepSystems & Runbooks {
  const systems = systemsFor(line, summary, call);
  return record((name) =>
    name in runbooks ? runbooks[name as keyof Runbooks] : systems[name as keyof StepSystems],
  ) as StepSystems & Runbooks;
}
