import { AsyncLocalStorage } from 'node:async_hooks';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInterceptorsFactory } from '@temporalio/worker';
import { alertActivities } from '../activities/alerts/alert-activities.ts';
import { createSystems } from '../activities/index.ts';
import { responderActivities } from '../activities/responders/responder-activities.ts';
import { openRightPlace } from '../activities/served-by-worker/expect-place.ts';
import { hostClaimByTemporal } from '../activities/served-by-worker/host-claim.ts';
import { runActivities } from '../activities/served-by-worker/runs.ts';
import { targetActivities } from '../activities/served-by-worker/target.ts';
import { ORIGIN_HEADER, type RunOrigin, runOriginFrom } from '../config/run-origin.ts';
import type { Target } from '../config/schema/target.ts';
import { type Here, openPlaceReader } from '../state/place.ts';
import type { ProcessPool } from '../worker-process/process-pool.ts';
import type { Policies } from './policies.ts';

interface Options {
  readonly policies: Policies;
  readonly pool: ProcessPool;
  readonly searchAttributes: boolean;
  readonly closed: boolean;
  readonly queue: string | undefined;
}

type Activity = (...args: unknown[]) => Promise<unknown>;
type Activities = Readonly<Record<string, Activity>>;

/** All activities of one target: each call goes by the policy by which its run began, and only where that began. */
export function openTargetActivities({
  policies,
  pool,
  searchAttributes,
  closed,
  queue,
}: Options): {
  readonly activities: Activities;
  readonly interceptor: ActivityInterceptorsFactory;
} {
  const made = new WeakMap<Target, Activities>();
  const policyOfCall = new AsyncLocalStorage<Target>();
  const placeHere = openPlaceReader(policies.current());
  const expectRightPlace = openRightPlace();

  const types = Object.keys(activitiesBy(policies.current()));
  const activities = Object.fromEntries(
    types.map((type): [string, Activity] => [
      type,
      (...args) => activitiesBy(policyOfCall.getStore() ?? policies.current())[type]!(...args),
    ]),
  );
  return { activities, interceptor: () => ({ inbound: { execute } }) };

  async function execute(
    input: ActivityExecuteInput,
    next: (input: ActivityExecuteInput) => Promise<unknown>,
  ): Promise<unknown> {
    const origin = originOf(input);
    // Where the claim's database cannot be read, the activity itself finds out.
    const here = await placeHere().catch(() => unread(origin));
    await expectRightPlace(policies.current(), here, origin, input.args);
    return policyOfCall.run(policies.of(origin.policy), () => next(input));
  }

  function activitiesBy(target: Target): Activities {
    const known = made.get(target);
    if (known) return known;
    const has = (type: string) => Object.hasOwn(all, type);
    const all = {
      ...targetActivities(target, { searchAttributes, closed, has }),
      ...runActivities(target, { closed }),
      ...prefixed('alerts', alertActivities(target, queue)),
      ...prefixed('responders', responderActivities(target, queue)),
      ...prefixed('hostClaim', hostClaimByTemporal()),
      ...systemActivities(target, pool),
    } as unknown as Activities;
    made.set(target, all);
    return all;
  }
}

function unread({ place }: RunOrigin): Here | undefined {
  return place === undefined ? undefined : { place, carried: [] };
}

/** One that was made up elsewhere, or is none, counts as missing. */
function originOf({ headers }: ActivityExecuteInput): RunOrigin {
  const header = headers[ORIGIN_HEADER];
  if (!header) return {};
  try {
    return runOriginFrom(defaultPayloadConverter.fromPayload(header));
  } catch {
    return {};
  }
}

function prefixed(system: string, activities: object): Record<string, never> {
  const named = Object.entries(activities).map(([name, activity]) => [
    `${system}.${name}`,
    activity,
  ]);
  return Object.fromEntries(named);
}

/** Every activity of every system, done by a job process while this process sends its heartbeats. */
function systemActivities(target: Target, pool: ProcessPool) {
  const systems: Record<string, object> = createSystems(target, '');
  const types = Object.entries(systems).flatMap(([system, actions]) =>
    Object.keys(actions).map((action) => `${system}.${action}`),
  );
  return Object.fromEntries(
    types.map((activity) => [
      activity,
      async (...args: unknown[]): Promise<unknown> => {
        const { workflowExecution, startToCloseTimeoutMs } = activityInfo();
        const run = workflowExecution!.workflowId;
        const deadline = Date.now() + startToCloseTimeoutMs;
        const heartbeats = setInterval(heartbeat, 2000);
        try {
          return await pool.do({ target, run, activity, args, deadline }, cancellationSignal());
        } finally {
          clearInterval(heartbeats);
        }
      },
    ]),
  );
}
