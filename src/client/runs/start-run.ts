import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Login } from '../../config/border/who.ts';
import { type Stamp, stampOf } from '../../config/time/stamp.ts';
import { catalogue } from '../catalogue.ts';

export interface StartRequest {
  readonly runbook: string;
  readonly target: string;
  /** Checked against the runbook's schema by the caller. */
  readonly input: unknown;
  readonly by: string;
  /** The user of the operating system that asks. */
  readonly login?: Login;
  /** Steps that are approved with the start. */
  readonly approve?: readonly string[];
  readonly because?: string | undefined;
  /** False: end at once with `TargetLocked` when another run holds the target. */
  readonly wait?: boolean;
  /** True: a runbook of the maintenance window may begin outside of it. */
  readonly outsideWindow?: boolean;
  /** True: no person asked for it. */
  readonly automatic?: boolean;
  /** What the run makes bears this name. Default: the time at which it starts. */
  readonly stamp?: Stamp | undefined;
  /** `plan`: reads only, and ends before the first act. Default `live`. */
  readonly mode?: 'live' | 'plan';
  readonly queue?: string;
}

/** Starts a run and answers its id, `<runbook>/<target>/<stamp>`. Two in one second: the later one waits for the next. */
export async function startRun(client: Client, request: StartRequest): Promise<string> {
  const {
    runbook,
    target,
    input,
    by,
    login,
    approve = [],
    because,
    wait = true,
    stamp,
    mode = 'live',
    automatic = false,
    outsideWindow = false,
    queue = RUNBOOKS_QUEUE,
  } = request;
  const envelope = {
    target,
    input,
    by,
    login,
    because,
    wait,
    stamp,
    mode,
    automatic,
    outsideWindow,
    ...(approve.length > 0 && { approve }),
  };
  for (;;) {
    const suffix = mode === 'plan' ? '.plan' : '';
    const workflowId = `${runbook}/${target}/${stampOf(new Date())}${suffix}`;
    try {
      await client.workflow.start(runbook, {
        workflowId,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        taskQueue: queue,
        args: [envelope],
        staticSummary: `${catalogue.get(runbook)?.title ?? runbook} of ${target}`,
        staticDetails: `Asked by ${by}${because ? `: ${because}` : ''}`,
      });
      return workflowId;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(1000 - (Date.now() % 1000));
    }
  }
}
