import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import type { ActivityType } from '../activities/index.ts';

/**
 * The hand that does an activity beats every 2 s, whatever its work, so 10 s of silence mean that its
 * worker is gone: the next attempt begins then (measured: a killed worker costs the run about 11 s).
 */
const alive = { heartbeatTimeout: '10s' } as const;

/** Looks and small touches: a few tries over about 15 s. */
const quick: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 5, initialInterval: '1s', backoffCoefficient: 2 },
};

/** Work whose time grows with the database: integrity_check reads 1.15 GB in 33 s, so this serves 60 GB. */
const bulk: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '30m',
  retry: { maximumAttempts: 3, initialInterval: '2s' },
};

/** The application and its processes: each try has its own grace inside, from the target's policy. */
const runtime: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '10m',
  retry: { maximumAttempts: 3, initialInterval: '2s' },
};

/** How long each touch may take and how often it is tried again. A runbook never says this itself. */
export const activityPolicies: { readonly default: ActivityOptions } & {
  readonly [Type in ActivityType]?: ActivityOptions;
} = {
  default: quick,
  'app.prove': runtime,
  'backups.adopt': bulk,
  'backups.adoptKept': bulk,
  'backups.finishPrune': bulk,
  'backups.prune': bulk,
  'backups.archive': bulk,
  'backups.copy': bulk,
  'backups.store': bulk,
  'backups.seal': bulk,
  'backups.verify': bulk,
  'dependencies.restore': bulk,
  'dependencies.update': bulk,
  'drill.boot': runtime,
  'drill.clean': runtime,
  'drill.prove': bulk,
  'drill.restore': bulk,
  'drill.test': runtime,
  'files.compare': bulk,
  'files.discard': bulk,
  'files.keep': bulk,
  'files.place': bulk,
  'files.putBack': bulk,
  'files.cleanUp': bulk,
  'files.stage': bulk,
  'evidence.keep': runtime,
  'host.port': runtime,
  'http.expectReady': runtime,
  'http.measure': runtime,
  'logs.compress': bulk,
  'logs.prune': bulk,
  'logs.rotate': bulk,
  'records.prune': bulk,
  'redis.clearPrefix': bulk,
  'runtime.describe': runtime,
  'runtime.logs': runtime,
  'runtime.freeze': runtime,
  'runtime.start': runtime,
  'runtime.stop': runtime,
  'runtime.thaw': runtime,
  'services.running': runtime,
  'services.start': runtime,
  'services.stopExcept': runtime,
  'database.analyse': bulk,
  'database.awaitUnlocked': runtime,
  'database.compact': bulk,
  'database.endLockHolder': runtime,
  'database.examine': bulk,
  'backups.expectBackedUp': bulk,
  'database.expectLive': bulk,
  'database.expectQuickCheck': bulk,
  'database.expectSound': bulk,
  'database.expectUnlocked': runtime,
  'database.checkpoint': bulk,
  'database.keep': bulk,
  'backups.quarantine': bulk,
  'database.reclaim': bulk,
  'backups.snapshot': bulk,
  'database.stage': bulk,
};

/** Another run may hold the target for hours: waiting is a retry, which adds nothing to history. */
export const claimPolicy: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '10m',
  // A run that is stopped while it waits must know whether it got the target after all.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', backoffCoefficient: 1.5, maximumInterval: '10s' },
};

/** notifying people runs away from the target: any worker can do it when the target's host is gone. */
export const noticePolicy: ActivityOptions = {
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 10, maximumInterval: '30s' },
};

/** How long an activity may lie in the target's queue before people are notified that no worker takes it. */
export const UNTAKEN_LIMIT = '1m';
/** How long it then lies there until it is looked at again: it runs as soon as a worker comes. */
export const UNTAKEN_TIMEOUT = '1h';
