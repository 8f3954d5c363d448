import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import type { ActivityType, StepSystems } from '../../activities/index.ts';
import type { Acting, Unclaimed } from '../../os/acting.ts';

/**
 * The worker that has an activity done sends a heartbeat every 2 s, whatever its work, so 10 s of silence mean that its
 * worker is gone: the next attempt begins then (measured: a killed worker costs the run about 11 s).
 */
const alive = { heartbeatTimeout: '10s' } as const;

/** What reads, or changes little: a few tries over about 15 s. */
export const quick: ActivityOptions = {
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

/** A target waits for an hour at most until those are gone who use its application: `proxy.drain.grace`. */
const drain: ActivityOptions = { ...runtime, startToCloseTimeout: '65m' };

interface ActivityPolicy extends ActivityOptions {
  /** It changes something that no claim guards: a plan must not call it. */
  readonly withoutClaim?: true;
}

type PolicyFor<One> = One extends Unclaimed
  ? ActivityPolicy & { readonly withoutClaim: true }
  : ActivityPolicy & { readonly withoutClaim?: never };

type Activity<Type extends ActivityType> = Type extends `${infer System}.${infer Action}`
  ? System extends keyof StepSystems
    ? Action extends keyof StepSystems[System]
      ? StepSystems[System][Action]
      : never
    : never
  : never;

/** Those that change the target. */
export type ActingType = {
  [Type in ActivityType]: Activity<Type> extends Acting ? Type : never;
}[ActivityType];

type ActivityPolicies = { readonly [Type in ActivityType]: PolicyFor<Activity<Type>> };

/**
 * How long each activity may take and how often it is tried again: a runbook never says this itself. An activity without a policy
 * does not compile.
 */
export const activityPolicies: ActivityPolicies = {
  'alerts.lift': { ...quick, withoutClaim: true },
  'alerts.suppress': { ...quick, withoutClaim: true },
  'app.clearCache': runtime,
  'app.prove': runtime,
  'app.restarts': quick,
  'automation.turnOff': { ...quick, withoutClaim: true },
  'automation.turnOn': { ...quick, withoutClaim: true },
  'backups.adopt': bulk,
  'backups.adoptKept': bulk,
  'backups.archive': bulk,
  'backups.copy': bulk,
  'backups.discard': quick,
  'backups.expectBackedUp': bulk,
  'backups.expectFiles': quick,
  'backups.expectSpace': quick,
  'backups.find': quick,
  'backups.finishPrune': bulk,
  'backups.planPrune': quick,
  'backups.prune': bulk,
  'backups.quarantine': bulk,
  'backups.recognise': quick,
  'backups.seal': bulk,
  'backups.snapshot': bulk,
  'backups.store': bulk,
  'backups.verify': bulk,
  'channels.find': quick,
  'channels.ping': { ...quick, withoutClaim: true },
  'channels.test': { ...quick, withoutClaim: true },
  'containment.find': quick,
  'containment.record': quick,
  'containment.remove': quick,
  'database.abilities': quick,
  'database.adviseCompaction': quick,
  'database.adviseIndex': bulk,
  'database.analyse': bulk,
  'database.awaitUnlocked': runtime,
  'database.checkpoint': bulk,
  'database.cleanUp': quick,
  'database.compact': bulk,
  'database.createIndex': bulk,
  'database.dropIndex': quick,
  'database.dropKept': quick,
  'database.endLockHolder': runtime,
  'database.examine': bulk,
  'database.expectLive': bulk,
  'database.expectQuickCheck': bulk,
  'database.expectSound': bulk,
  'database.expectSpaceToCompact': quick,
  'database.expectUnlocked': runtime,
  'database.findLockHolders': quick,
  'database.findOpeners': quick,
  'database.hasIndex': quick,
  'database.isLive': quick,
  'database.keep': bulk,
  'database.measure': quick,
  'database.putBack': quick,
  'database.reclaim': bulk,
  'database.stage': bulk,
  'database.swap': quick,
  'database.uncompact': quick,
  'database.unkeep': quick,
  'database.unstage': quick,
  'dependencies.differ': bulk,
  'dependencies.findBefore': quick,
  'dependencies.goBack': bulk,
  'dependencies.restore': bulk,
  'dependencies.update': bulk,
  'drill.boot': runtime,
  'drill.choose': quick,
  'drill.clean': runtime,
  'drill.prove': bulk,
  'drill.record': quick,
  'drill.restore': bulk,
  'drill.test': runtime,
  'evidence.keep': runtime,
  'figures.record': { ...quick, withoutClaim: true },
  'files.cleanUp': bulk,
  'files.compare': bulk,
  'files.discard': bulk,
  'files.find': quick,
  'files.findKept': bulk,
  'files.findKnownGood': quick,
  'files.keep': bulk,
  'files.place': bulk,
  'files.putBack': bulk,
  'files.stage': bulk,
  'files.stageKept': bulk,
  'health.recent': quick,
  'health.sample': { ...runtime, withoutClaim: true },
  'host.disks': quick,
  'host.port': runtime,
  'host.resources': quick,
  'http.expectReady': runtime,
  'http.isReady': quick,
  'http.measure': runtime,
  'images.build': bulk,
  'images.differ': quick,
  'images.find': runtime,
  'images.findKnownGood': runtime,
  'images.goBack': runtime,
  'images.goToKnownGood': runtime,
  'images.keep': runtime,
  'images.prune': runtime,
  'images.replace': runtime,
  'lifecycle.checkStartup': runtime,
  'lifecycle.recordStopped': quick,
  'lifecycle.removeStopped': quick,
  'lifecycle.settleStop': runtime,
  'limits.expectSet': runtime,
  'limits.find': runtime,
  'limits.goBack': runtime,
  'limits.persist': runtime,
  'limits.set': runtime,
  'logs.compress': bulk,
  'logs.expectInOrder': quick,
  'logs.inspect': quick,
  'logs.list': quick,
  'logs.prune': bulk,
  'logs.review': { ...bulk, withoutClaim: true },
  'logs.rotate': bulk,
  'proxy.awaitIdle': drain,
  'proxy.close': runtime,
  'proxy.expectServing': runtime,
  'proxy.find': quick,
  'proxy.open': runtime,
  'records.findRollback': quick,
  'records.prune': bulk,
  'records.reportPerformance': { ...quick, withoutClaim: true },
  'records.rotateAudit': quick,
  'redis.clearPrefix': bulk,
  'redis.inspect': quick,
  'redis.ping': quick,
  'runtime.describe': runtime,
  'runtime.freeze': runtime,
  'runtime.logs': runtime,
  'runtime.noteKnownGood': runtime,
  'runtime.start': runtime,
  'runtime.stop': runtime,
  'runtime.thaw': runtime,
  'services.running': runtime,
  'services.start': runtime,
  'services.stopExcept': runtime,
  'troubleshoot.caches': quick,
  'troubleshoot.databaseAccess': runtime,
  'troubleshoot.memory': runtime,
  'troubleshoot.permitDatabase': quick,
  'troubleshoot.slowStatements': runtime,
  'troubleshoot.tryExport': runtime,
  'troubleshoot.unpermitDatabase': quick,
  'troubleshoot.ways': runtime,
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
