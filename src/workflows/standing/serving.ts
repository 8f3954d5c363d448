import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import { read } from '../../config/border/read.ts';
import {
  EMPTY,
  elsewhere,
  Registration,
  registered,
  Serving,
  ServingWorker,
  updated,
  withoutWorker,
} from '../../config/serving.ts';
import { openBorder } from '../../engine/border/border.ts';

const registerUpdate = defineUpdate<void, [Registration]>('register');
const changeSignal = defineSignal<[ServingWorker]>('change');
const leaveSignal = defineSignal<[string]>('leave');

/**
 * Which worker serves a target from which place: `serving/<target>`. A worker registers before it polls, and is refused while
 * another place has the target. Who is alive is known by the polls of Temporal, not by heartbeats in here: a day without a start adds
 * no event. What is known stands in the memo, where it can be read also while no worker runs.
 */
export async function serving(carried?: Serving): Promise<never> {
  let current = parsed(carried);
  const border = openBorder();
  border.onUpdate(
    registerUpdate,
    Registration,
    ({ worker, ...rest }) => become(registered(current, { ...rest, worker: dated(worker) })),
    { validate: expectFree },
  );
  border.onSignal(changeSignal, ServingWorker, (worker) => become(updated(current, dated(worker))));
  border.onSignal(leaveSignal, z.string().max(300), (identity) =>
    become(withoutWorker(current, identity)),
  );

  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  return continueAsNew<typeof serving>(current);

  /** What is refused leaves no event behind: a supervisor may try again for days. */
  function expectFree(registration: z.infer<typeof Registration>): void {
    const other = elsewhere(current, registration, Date.now());
    if (other)
      throw ApplicationFailure.nonRetryable(
        `It is served by ${other.by.identity}`,
        'TargetElsewhere',
        other,
      );
  }

  function become(next: Serving): void {
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    upsertMemo({ serving: current });
  }
}

/** By the clock of the server: those of two hosts may differ by hours. */
function dated(worker: ServingWorker): ServingWorker {
  return { ...worker, since: new Date(Date.now()).toISOString() };
}

function parsed(carried: unknown): Serving {
  const serving = read(Serving, carried);
  return serving.isRead ? serving.value : EMPTY;
}
