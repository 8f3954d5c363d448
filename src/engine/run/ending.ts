import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Who } from '../../config/border/who.ts';
import type { Notice } from '../../incident/beside/notice.ts';
import type { Intervention } from './interventions.ts';
import type { Ledger } from './ledger.ts';

/** `partly`: it ended well, and went on without something that it was to do (`notDone`). */
export type Outcome = 'done' | 'partly' | 'failed' | 'undone' | 'stopped' | 'skipped';

/** How a run ended: its result when it is done or partly done, the first detail of its failure otherwise. */
export interface Ending<Output = unknown> {
  readonly runbook: string;
  readonly title: string;
  readonly target: string;
  /** The workflow id. */
  readonly run: string;
  /** A plan is `done` when it came to its first act, or to its end. */
  readonly mode: 'live' | 'plan';
  readonly by: string;
  /** The same with how it is known. Missing: it was let in by an older worker, or never. */
  readonly who?: Who | undefined;
  readonly because?: string | undefined;
  /** The fingerprint of the target's policy by which it went from its beginning to its end. Missing: it was let in by an older worker, or never. */
  readonly policy?: string | undefined;
  /** As it was asked: the runbook's defaults are not in it. */
  readonly input?: unknown;
  /** The run that ended without releasing the target. */
  readonly tookOver?:
    | {
        readonly from: string;
        /** ISO 8601, UTC. */
        readonly at: string;
      }
    | undefined;
  readonly outcome: Outcome;
  readonly ledger: Ledger;
  readonly output?: Output;
  readonly failure?: Reason;
  /** What it went on without, and why, when it is `partly`. */
  readonly notDone?: readonly string[];
  /** What people must still put right by hand. Empty when the undo was complete. */
  readonly left: readonly string[];
  readonly notices: readonly Notice[];
  /** Who decided, approved, paused, stopped, and why. */
  readonly interventions: readonly Intervention[];
}

/** Why a run did not finish. */
export interface Reason {
  /** A named type such as `BackupDamaged`, for programs. */
  readonly type: string;
  /** A sentence, for people. */
  readonly message: string;
}

/** The cause that a person can act on, below Temporal's wrappings. */
export function reasonOf(error: unknown): Reason {
  if (isCancellation(error)) return { type: 'Stopped', message: 'Stopped by request' };
  if (error instanceof TimeoutFailure)
    return { type: 'Timeout', message: `No answer in time (${error.timeoutType})` };
  if (error instanceof ActivityFailure && error.cause) return reasonOf(error.cause);
  if (error instanceof ChildWorkflowFailure) return reasonOfChild(error);
  if (error instanceof ApplicationFailure)
    return { type: error.type ?? 'Failure', message: error.message };
  const { name, message } = error as Error;
  return { type: 'RunbookBug', message: `${name}: ${message}` };
}

/** A child that ended says why by itself; one that was terminated cannot. */
function reasonOfChild({ workflowType, cause }: ChildWorkflowFailure): Reason {
  if (!(cause instanceof ApplicationFailure))
    return { type: 'ChildFailed', message: `"${workflowType}" ended: ${cause?.message}` };
  const [ending] = (cause.details ?? []) as Ending[];
  const { type = 'ChildFailed', message = cause.message } = ending?.failure ?? {};
  return { type, message: `${ending?.title ?? workflowType} was ${cause.type}: ${message}` };
}
