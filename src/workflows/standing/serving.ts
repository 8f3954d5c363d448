import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
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
  setHandler(
    registerUpdate,
    (message) => {
      become(registered(current, Registration.parse(message)));
    },
    { validator: expectFree },
  );
  setHandler(changeSignal, (message) => {
    const worker = ServingWorker.safeParse(message);
    if (worker.success) become(updated(current, worker.data));
  });
  setHandler(leaveSignal, (identity) => {
    if (typeof identity === 'string') become(withoutWorker(current, identity));
  });

  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  return continueAsNew<typeof serving>(current);

  /** What is refused leaves no event behind: a supervisor may try again for days. */
  function expectFree(message: Registration): void {
    const registration = Registration.safeParse(message);
    if (!registration.success)
      throw ApplicationFailure.nonRetryable('Cannot read the registration', 'InvalidInput');
    const other = elsewhere(current, registration.data, Date.now());
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

function parsed(carried: unknown): Serving {
  const read = Serving.safeParse(carried);
  return read.success ? read.data : EMPTY;
}
