import {
  ActivityFailure,
  type ActivityOptions,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { ActivityType, StepSystems } from '../../activities/index.ts';
import type { TargetActivities } from '../../activities/served-by-worker/target.ts';
import type { FailureType } from '../../config/failure-types.ts';
import { targetQueue } from '../../config/queues.ts';
import type { Evidence } from '../../state/evidence.ts';
import {
  activityPolicies,
  placePolicy,
  UNTAKEN_LIMIT,
  UNTAKEN_TIMEOUT,
} from '../run/activity-policies.ts';
import { reasonOf } from '../run/ending.ts';
import type { LedgerLine } from '../run/ledger.ts';

type Activity = (...args: unknown[]) => Promise<unknown>;

/** Calls one activity of one target, however long its worker takes to appear. */
export type Call = (type: string, args: unknown[], options: ActivityOptions) => Promise<unknown>;

/**
 * The target's systems, as one line of a runbook may use them. Only a step gives them out, so nothing acts outside one,
 * and every activity carries its line: Temporal UI shows "database.swap 6. Restore from backup".
 */
export function systemsFor(line: LedgerLine, summary: string, call: Call): StepSystems {
  return record((system) =>
    record((action) => {
      const type = `${system}.${action}` as ActivityType;
      const { withoutClaim: _, ...policy } = activityPolicies[type];
      const options = { ...policy, summary };
      return async (...args: unknown[]) => {
        const result = await call(type, args, options);
        addEvidence(line, result);
        return result;
      };
    }),
  ) as StepSystems;
}

function addEvidence(line: LedgerLine, result: unknown): void {
  const { evidence = [] } = (result ?? {}) as { evidence?: readonly Evidence[] };
  for (const one of evidence) {
    const others = (line.evidence ?? []).filter(({ file }) => file !== one.file);
    line.evidence = [...others, one];
  }
}

/** What people are notified of, once a run, while its calls go on waiting. */
export interface Waiting {
  /** Nobody serves the target's queue. */
  readonly untaken: (type: string) => Promise<void>;
  /** Another place than the run's has taken a call of it, and said so. */
  readonly misplaced: (why: string) => Promise<void>;
  /** The worker beside the target does not have the activity: it is of another version. */
  readonly unknown: (type: string) => Promise<void>;
}

/** However long it takes until the right worker takes the call: it goes on waiting. */
export function callerFor(target: string, { untaken, misplaced, unknown }: Waiting): Call {
  const taskQueue = targetQueue(target);
  let wasMisplaced = false;
  let wasUnknown = false;

  return async (type, args, options) => {
    for (;;) {
      try {
        return await whenTaken(type, args, options);
      } catch (error) {
        await untilRight(type, error);
      }
    }
  };

  /**
   * Returns when the worker is there that may do the call, and can. Asked again and again by Temporal, which adds nothing to history: the
   * call's own tries are not used up. Throws what is wrong otherwise.
   */
  async function untilRight(type: string, error: unknown): Promise<void> {
    const why = wrongPlaceOf(error);
    if (why !== undefined) {
      if (!wasMisplaced) await misplaced(why);
      wasMisplaced = true;
      await whenTaken('target.locate' satisfies keyof TargetActivities, [type], {
        ...placePolicy,
        summary: 'Find the place',
      });
    } else if (isUnknown(error)) {
      if (!wasUnknown) await unknown(type);
      wasUnknown = true;
      // Which an older worker does not have either, and so it waits there, too.
      await whenTaken('target.expectActivity' satisfies keyof TargetActivities, [type], {
        ...placePolicy,
        summary: 'Wait for a worker that has it',
      });
    } else throw error;
  }

  async function whenTaken(type: string, args: unknown[], options: ActivityOptions) {
    for (let scheduleToStartTimeout: string = UNTAKEN_LIMIT; ;) {
      try {
        const activities = proxyActivities<Record<string, Activity>>({
          ...options,
          taskQueue,
          scheduleToStartTimeout: scheduleToStartTimeout as '1m',
        });
        return await activities[type]!(...args);
      } catch (error) {
        if (!wasUntaken(error)) throw error;
        if (scheduleToStartTimeout === UNTAKEN_LIMIT) await untaken(type);
        scheduleToStartTimeout = UNTAKEN_TIMEOUT;
      }
    }
  }
}

/** What a worker of another place answered, as a sentence. */
export function wrongPlaceOf(error: unknown): string | undefined {
  const { type, message } = reasonOf(error);
  return type === ('WrongPlace' satisfies FailureType) ? message : undefined;
}

/** What the SDK answers for an activity that was never registered with it. */
function isUnknown(error: unknown): boolean {
  const { type, message } = reasonOf(error);
  return type === 'NotFoundError' && message.includes('is not registered on this Worker');
}

function wasUntaken(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === 'SCHEDULE_TO_START'
  );
}

export function record(property: (name: string) => unknown): object {
  return new Proxy({}, { get: (_target, name: string) => property(name) });
}
