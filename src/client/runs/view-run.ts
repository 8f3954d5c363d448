import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Ending } from '../../engine/run/ending.ts';
import type { Ledger } from '../../engine/run/ledger.ts';
import { catalogue } from '../catalogue.ts';
import { ledgerFromHistory } from './ledger-from-history.ts';

/** A run as it stands now, whether it is open or closed, and whether or not a worker answers. */
export interface RunView {
  /** The workflow id. */
  readonly run: string;
  readonly runId: string;
  readonly runbook: string;
  /** Temporal's status: RUNNING, COMPLETED, FAILED, TERMINATED, ... */
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** ISO 8601, UTC. Missing while it is open. */
  readonly endedAt?: string;
  /** Missing when nobody knows: the runbook is none of ours. */
  readonly ledger?: Ledger;
  /** Whether the run answered with its ledger itself, or its history had to: no worker answers, or it was terminated. */
  readonly source: 'run' | 'history';
  /** Set once it has ended by itself. */
  readonly ending?: Ending;
  /** The lines between which the application is down because of the run. */
  readonly downtime?: { readonly from: string; readonly until: string };
  /** What it is trying, when that has failed before. */
  readonly retrying: readonly Retry[];
}

interface Retry {
  /** Such as `runtime.stop`. */
  readonly activity: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Why the last attempt failed. */
  readonly message: string;
}

/** How long a run is waited for before its history is read instead. */
const PATIENCE_MILLISECONDS = 2000;

/** A run that does not answer within `patience` ms is told by its history: whoever has a limit of his own needs time for that, too. */
export async function viewRun(
  client: Client,
  run: string,
  patience = PATIENCE_MILLISECONDS,
): Promise<RunView> {
  const handle = client.workflow.getHandle(run);
  const description = await handle.describe();
  const { runId, type: runbook, status, startTime, closeTime } = description;
  const downtime = catalogue.get(runbook)?.downtime;
  const facts = {
    run,
    runId,
    runbook,
    status: status.name,
    startedAt: startTime.toISOString(),
    ...(closeTime && { endedAt: closeTime.toISOString() }),
    ...(downtime && { downtime }),
    retrying: retries(description),
  };
  if (status.name === 'RUNNING') {
    const ledger = await liveLedger(client, handle, patience);
    if (ledger) return { ...facts, ledger, source: 'run' };
  } else {
    const ending = await endingOf(handle);
    if (ending) return { ...facts, ending, ledger: ending.ledger, source: 'run' };
  }
  const ledger = await pastLedger(handle, runbook);
  return { ...facts, ...(ledger && { ledger }), source: 'history' };
}

async function pastLedger(handle: WorkflowHandle, runbook: string): Promise<Ledger | undefined> {
  const plan = catalogue.get(runbook)?.plan;
  if (!plan) return undefined;
  const { events } = await handle.fetchHistory();
  return ledgerFromHistory(plan, events ?? []);
}

async function liveLedger(
  client: Client,
  handle: WorkflowHandle,
  patience: number,
): Promise<Ledger | undefined> {
  try {
    return await client.withDeadline(Date.now() + patience, () => handle.query<Ledger>('ledger'));
  } catch {
    return undefined; // no worker answers, or none has begun the run
  }
}

/** A done run gives its ending as its result, any other in the details of its failure. */
async function endingOf(handle: WorkflowHandle): Promise<Ending | undefined> {
  try {
    return (await handle.result()) as Ending;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    return cause instanceof ApplicationFailure ? (cause.details?.[0] as Ending) : undefined;
  }
}

/** What a run tries, when that has failed before. */
export function retries({ raw }: WorkflowExecutionDescription): Retry[] {
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }) =>
    lastFailure
      ? [
          {
            activity: activityType?.name ?? '',
            attempt: attempt ?? 1,
            message: lastFailure.message ?? '',
          },
        ]
      : [],
  );
}
