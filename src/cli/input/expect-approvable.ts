import { nearest } from '../../config/nearest.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';

/** Error: `UsageError` when a step that is approved beforehand is none of the runbook's, or nobody says why. */
export function expectApprovable(
  { name, plan }: RunbookFacts,
  approve: readonly string[],
  because: string | undefined,
): void {
  const ids = Object.keys(plan);
  // What follows a slash is a step of another runbook, which the step runs.
  const unknown = approve.find((step) => !Object.hasOwn(plan, step.split('/')[0]!));
  if (unknown !== undefined) {
    const meant = nearest(unknown, ids);
    const hint = meant === undefined ? '' : `: did you mean "${meant}"?`;
    throw new UsageError(
      `Cannot find step "${unknown}" in "${name}"${hint}`,
      `--approve with one of ${ids.join(', ')}`,
    );
  }
  if (approve.length > 0 && !because)
    throw new UsageError(
      'An approval that is given beforehand needs a reason',
      `the same with --because "why ${approve[0]} may be done"`,
    );
}
