import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import type { RunView } from '../../client/runs/view-run.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { LedgerLine } from '../../engine/run/ledger.ts';

/** The line that a person means: the one named, or the only one that waits for such an answer. */
export function waitingLine(
  { ledger = [], run, source }: RunView,
  kind: 'decision' | 'approval',
  step: string | undefined,
): LedgerLine {
  // A history does not say who is waited for, and nobody would hear the answer.
  if (source === 'history')
    throw new UnreachableError(
      `No worker answers for "${run}": what it waits for is not known, and an answer would not be heard`,
      'runbook worker <target>, then the same again; pause, resume and stop need none',
    );
  const waiting = ledger.filter((line) => line.waiting?.for === kind);
  const found = step === undefined ? waiting : ledger.filter(({ id }) => id === step);
  if (found.length === 1) return found[0]!;
  const ids = (found.length > 1 ? found : ledger).map(({ id }) => id).join(', ');
  if (step !== undefined) throw new UsageError(`There is no step "${step}": there are ${ids}`);
  throw new UsageError(
    found.length > 1
      ? `Several steps wait: ${ids}`
      : `No step of "${run}" waits for ${kind === 'decision' ? 'a decision' : 'approval'}`,
    found.length > 1 ? '--step <step>' : `runbook explain ${run}`,
  );
}
