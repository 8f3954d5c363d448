import { ApplicationFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import { isWrongUse } from '../config/failure-types.ts';
import type { Run } from './open-run.ts';
import { type Ending, type Outcome, type Reason, reasonOf } from './run/ending.ts';
import { closeLedger } from './run/ledger.ts';

/** Ends a run: its ledger is closed, its report and audit are written, and its target is released, whatever fails of that. */
export async function end<Output>(
  run: Run,
  outcome: Outcome,
  how: Partial<Pick<Ending<Output>, 'output' | 'notDone' | 'failure' | 'left'>> = {},
): Promise<Ending<Output>> {
  const { ledger, interventions, visibility, audit, claim, notices, planning } = run;
  const unknown = run.identity.settled();
  if (unknown) await unknown;
  closeLedger(ledger, planning ? 'planned' : 'unreached');
  run.show();
  visibility.end(outcome);
  const endedAt = new Date().toISOString();
  const reason = how.failure?.message;
  audit.note({ at: endedAt, what: 'ended', by: 'runbook', outcome, reason });
  const ending: Ending<Output> = {
    ...factsOf(run),
    outcome,
    ledger,
    left: [],
    notices: notices.notices,
    interventions,
    ...how,
  };
  const stop = await audit.record(
    {
      ending,
      startedAt: run.startTime.toISOString(),
      endedAt,
      stopped: run.root.consideredCancelled,
      downtime: run.definition.downtime,
      ...(run.definition.reportsDrills && { reportsDrills: true }),
    },
    { held: claim.mayHold() || run.definition.beside === true },
  );
  if (stop) interventions.push({ what: 'stopped', ...stop });
  // What was done stays done, and what was undone stays undone, when only the release fails.
  await CancellationScope.nonCancellable(() => claim.release(outcome)).catch((error: unknown) =>
    notices.ask(`Cannot release the target: ${reasonOf(error).message}`),
  );
  return ending;
}

function factsOf({ id, definition, envelope, who, policy, tookOver }: Run) {
  const { target, mode, because, input } = envelope;
  const { workflowType } = workflowInfo();
  return {
    runbook: workflowType,
    title: definition.title,
    target,
    run: id,
    mode,
    by: who?.name ?? envelope.by,
    ...(who && { who }),
    because,
    policy,
    tookOver,
    input,
  };
}

/** Whoever asked for what cannot be hears so. What started by itself has nobody who would hear it. */
function isRefusal({ definition, envelope }: Run, { type }: Reason, acted: boolean): boolean {
  if (envelope.automatic) return false;
  if ((definition.refuses as readonly string[] | undefined)?.includes(type)) return true;
  if (acted) return false;
  return isWrongUse(type) || (type === 'TargetLocked' && !envelope.wait);
}

/** Puts back what a run did that cannot go on, and answers the failure that it ends with: it carries the ending. */
export async function endUndone(run: Run, error: unknown): Promise<ApplicationFailure> {
  const { steps, notices, planning } = run;
  // A plan has done nothing that could be put back.
  const { undone, left } = planning ? { undone: 0, left: [] } : await steps.undoAll();
  const failure = reasonOf(error);
  const stopped = failure.type === 'Stopped';
  const outcome = left.length > 0 ? 'failed' : stopped ? 'stopped' : undone ? 'undone' : 'failed';
  const refused = left.length === 0 && isRefusal(run, failure, undone > 0);
  if (outcome !== 'stopped' && !refused) await notices.ask(failure.message, ...left);
  return ApplicationFailure.create({
    message: failure.message,
    type: outcome,
    nonRetryable: true,
    details: [await end(run, outcome, { failure, left })],
    cause: error as Error,
  });
}
