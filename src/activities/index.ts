import type { Target } from '../config/schema/target.ts';
import type { AlertActivities } from './alerts/alert-activities.ts';
import { appActivities } from './app/app-activities.ts';
import { httpActivities } from './app/http-activities.ts';
import { startedBy } from './app/started.ts';
import { automationActivities } from './automation/automation-activities.ts';
import { backupActivities } from './backups/backups-activities.ts';
import { channelActivities } from './channels/channels-activities.ts';
import { containmentActivities } from './containment/containment-activities.ts';
import { databaseActivities } from './database/database-activities.ts';
import { dependencyActivities } from './dependencies/dependencies-activities.ts';
import { drillActivities } from './drill/drill-activities.ts';
import { evidenceActivities } from './evidence/evidence-activities.ts';
import { figureActivities } from './figures/figure-activities.ts';
import { fileActivities } from './files/files-activities.ts';
import { healthActivities } from './health/health-activities.ts';
import { hostActivities } from './host/host-activities.ts';
import type { HostClaimActivities } from './host-claim/host-claim-activities.ts';
import { lifecycleActivities } from './lifecycle/lifecycle-activities.ts';
import { logActivities } from './logs/logs-activities.ts';
import { procedureActivities } from './procedures/procedures-activities.ts';
import { migrationActivities } from './migration/migration-activities.ts';
import { offsiteActivities } from './offsite/offsite-activities.ts';
import { proxyActivities } from './proxy/proxy-activities.ts';
import { recordActivities } from './records/records-activities.ts';
import { replicaActivities } from './proxy/replicas-activities.ts';
import { redisActivities } from './redis/redis-activities.ts';
import { imageActivities } from './runtime/images-activities.ts';
import { limitActivities } from './runtime/limits-activities.ts';
import { runtimeActivities } from './runtime/runtime-activities.ts';
import { serviceActivities } from './runtime/services-activities.ts';
import { secretActivities } from './secrets/secrets-activities.ts';
import type { ResponderActivities } from './responders/responder-activities.ts';
import { securityActivities } from './security/security-activities.ts';
import { troubleshootActivities } from './troubleshoot/troubleshoot-activities.ts';
import { updateActivities } from './updates/updates-activities.ts';

/**
 * The systems of one target, as the steps of one run use them. The key is the name a runbook uses and
 * the prefix that Temporal shows: `database.swap`. `run` is the workflow id of the run on whose behalf it is.
 */
export function createSystems(target: Target, run: string) {
  const started = startedBy(target, run);
  return {
    app: appActivities(target, started),
    automation: automationActivities(target),
    backups: backupActivities(target, run),
    channels: channelActivities(target, run),
    containment: containmentActivities(target),
    database: databaseActivities(target),
    dependencies: dependencyActivities(target, run),
    drill: drillActivities(target, run),
    evidence: evidenceActivities(target, run),
    figures: figureActivities(target),
    files: fileActivities(target, run),
    health: healthActivities(target),
    host: hostActivities(target),
    http: httpActivities(target, started),
    images: imageActivities(target, run),
    lifecycle: lifecycleActivities(target),
    limits: limitActivities(target),
    logs: logActivities(target),
    procedures: procedureActivities(target, run),
    migration: migrationActivities(target, run),
    offsite: offsiteActivities(target, run),
    proxy: proxyActivities(target, run),
    records: recordActivities(target),
    redis: redisActivities(target),
    replicas: replicaActivities(target),
    runtime: runtimeActivities(target, run),
    secrets: secretActivities(target),
    security: securityActivities(target, run),
    services: serviceActivities(target),
    troubleshoot: troubleshootActivities(target),
    updates: updateActivities(target, run),
  };
}

export type Systems = ReturnType<typeof createSystems>;

/** All that a step may use. `alerts`, `hostClaim` and `responders` need Temporal, so that the worker serves them itself. */
export type StepSystems = Systems & {
  readonly alerts: AlertActivities;
  readonly hostClaim: HostClaimActivities;
  readonly responders: ResponderActivities;
};

/** `database.swap`, `runtime.stop`, ... */
export type ActivityType = {
  [System in keyof StepSystems]: `${System}.${Extract<keyof StepSystems[System], string>}`;
}[keyof StepSystems];
