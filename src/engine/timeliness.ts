import { CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import { type Duration, inMilliseconds } from '../config/duration.ts';

/** The time a scheduled run was due, when it is too late for it now. A run that a person started is never late. */
export function lateBy(lateness: Duration | undefined): string | undefined {
  if (lateness === undefined) return undefined;
  const [due] = workflowInfo().searchAttributes['TemporalScheduledStartTime'] ?? [];
  if (!(due instanceof Date)) return undefined;
  return Date.now() - due.getTime() > inMilliseconds(lateness) ? due.toISOString() : undefined;
}

/** Tells once when a run takes longer than expected. Cancel it when the run has ended. */
export function watchOverrun(
  expected: Duration,
  tell: (...sentences: string[]) => Promise<void>,
): CancellationScope {
  const scope = new CancellationScope();
  scope
    .run(async () => {
      await sleep(inMilliseconds(expected));
      await tell(`It has run for ${expected}, longer than expected, and goes on`);
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  return scope;
}
