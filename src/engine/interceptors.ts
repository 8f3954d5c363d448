import type {
  ActivateInput,
  WorkflowInterceptors,
  WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import { isAdmission } from '../config/run-origin.ts';
import { openOrigin } from './target/origin.ts';

type Activation = ActivateInput['activation'];

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { internals = [] } = withoutUntimelyQueries();
  return { ...carryingOrigin(), internals };
};

/** Each activity and child of a run carries where the run began, so that no other place does it, and none by another policy. */
function carryingOrigin(): WorkflowInterceptors {
  const origin = openOrigin();
  return {
    inbound: [
      {
        execute(input, next) {
          origin.inherit(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          const answer = next({ ...input, headers: origin.carriedBy(input.headers) });
          // Beside the run, not in its way: that would change the order in which old runs went on.
          if (isAdmission(input.activityType))
            answer.then(
              (admission) => origin.learn(admission),
              () => {},
            );
          return answer;
        },
        startChildWorkflowExecution(input, next) {
          return next({ ...input, headers: origin.carriedBy(input.headers) });
        },
      },
    ],
  };
}

/**
 * Keeps a query from moving a workflow. A query that has to wait for a worker is handed out with every event up to then, those
 * included that no workflow task has taken up yet. The SDK (1.24) lets the workflow act on them, at the time of the task before,
 * and goes on from there: history then says another thing for ever, and the run is stuck (seen in 2 of 500 incidents while
 * their worker was killed again and again). Here such a query fails, and the worker forgets what it did: whoever asked asks again.
 */
function withoutUntimelyQueries(): WorkflowInterceptors {
  let last: Activation | undefined;
  return {
    internals: [
      {
        activate(input, next) {
          const { activation, batchIndex } = input;
          if (isQuery(activation)) return next(input);
          if (batchIndex === 0 && last && !isTaken(activation, last))
            throw new Error('Something has just happened that no workflow task has taken up yet');
          last = activation;
          next(input);
        },
      },
    ],
  };
}

function isQuery({ jobs }: Activation): boolean {
  return (jobs ?? []).every(({ queryWorkflow }) => queryWorkflow);
}

/** Each workflow task brings a time and a size of history of its own; what comes within one task brings no events. */
function isTaken(now: Activation, before: Activation): boolean {
  return (
    now.historyLength === before.historyLength ||
    // A server that does not report the size: nothing can be said.
    sizeOf(now) === 0 ||
    sizeOf(now) !== sizeOf(before) ||
    timeOf(now) !== timeOf(before)
  );
}

function sizeOf({ historySizeBytes }: Activation): number {
  return Number(historySizeBytes ?? 0);
}

function timeOf({ timestamp }: Activation): string {
  return `${String(timestamp?.seconds)}.${timestamp?.nanos}`;
}
