import { CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';

/** The time a scheduled run was due, when it is too late for it now. A run that a person started is never late. */
export function lateBy(lateness: Duration | undefined): string | undefined {
  if (lateness === undefined) return undefined;
  const [due] = workflowInfo().searchAttributes['TemporalScheduledStartTime'] ?? [];
  if (!(due instanceof Date)) return undefined;
  return Date.now() - due.getTime() > inMilliseconds(lateness) ? due.toISOString() : undefined;
}

/** Notifies when a run takes longer than expected, and when it goes on after its window. Cancel it when the run has ended. */
export function watchOverrun(
  expected: Duration,
  notify: (...sentences: string[]) => Promise<void>,
) {
  const scopes: CancellationScope[] = [];

  function after(milliseconds: number, sentence: string): void {
    const scope = new CancellationScope();
    scopes.push(scope);
    scope
      .run(async () => {
        await sleep(milliseconds);
        await notify(sentence);
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  after(inMilliseconds(expected), `It has run for ${expected}, longer than expected, and goes on`);
  return {
    windowEndsAt(until: string): void {
      after(Date.parse(until) - Date.now(), `Its window has ended at ${until}, and it goes on`);
    },
    cancel(): void {
      for (const scope of scopes) scope.cancel();
    },
  };
}
