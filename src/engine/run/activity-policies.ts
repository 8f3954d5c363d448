import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import { application } from './policies/application.ts';
import { alive } from './policies/patience.ts';
import { data } from './policies/data.ts';
import { host } from './policies/host.ts';
import { people } from './policies/people.ts';
import { secrets } from './policies/secrets.ts';
import type { ActivityPolicies } from './policies/policy-for.ts';

export { quick } from './policies/patience.ts';
export type { ActingType } from './policies/policy-for.ts';

/**
 * How long each activity may take and how often it is tried again: a runbook never says this itself. An activity without a policy
 * does not compile.
 */
export const activityPolicies: ActivityPolicies = {
  ...application,
  ...data,
  ...host,
  ...people,
  ...secrets,
};

/** Another run may hold the target for hours: waiting is a retry, which adds nothing to history. */
export const claimPolicy: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '10m',
  // A run that is stopped while it waits must know whether it got the target after all.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', backoffCoefficient: 1.5, maximumInterval: '10s' },
};

/** The place where a run began may be away for days. */
export const placePolicy: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 1.2, maximumInterval: '10s' },
};

/** Notifying people runs away from the target: any worker can do it when the target's host is gone. */
export const noticePolicy: ActivityOptions = {
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 10, maximumInterval: '30s' },
};

/** Who sent a message is asked of Temporal. A person waits for it: what cannot be found out is unproven. */
export const identityPolicy: ActivityOptions = {
  startToCloseTimeout: '8s',
  scheduleToCloseTimeout: '1m',
  retry: { maximumAttempts: 3, initialInterval: '500ms' },
};

/** How long an activity may lie in the target's queue before people are notified that no worker takes it. */
export const UNTAKEN_LIMIT = '1m';
/** How long it then lies there until it is checked again: it runs as soon as a worker comes. */
export const UNTAKEN_TIMEOUT = '1h';
