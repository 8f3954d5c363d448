import type { Target } from '../config/target.ts';
import { appActivities } from './app.ts';
import { automationActivities } from './automation.ts';
import type { AlertActivities } from './alerts.ts';
import { backupActivities } from './backups.ts';
import { channelActivities } from './channels.ts';
import { containmentActivities } from './containment.ts';
import { dependencyActivities } from './dependencies.ts';
import { drillActivities } from './drill.ts';
import { evidenceActivities } from './evidence.ts';
import { fileActivities } from './files.ts';
import { hostActivities } from './host.ts';
import { httpActivities } from './http.ts';
import { logActivities } from './logs.ts';
import { recordActivities } from './records.ts';
import { redisActivities } from './redis.ts';
import { runtimeActivities } from './runtime.ts';
import { serviceActivities } from './services.ts';
import { sqliteActivities } from './sqlite.ts';

/**
 * The systems of one target, as the steps of one run touch them. The key is the name a runbook uses and
 * the prefix that Temporal shows: `sqlite.swap`. `run` is the workflow id of the run on whose behalf it is.
 */
export function createSystems(target: Target, run: string) {
  return {
    app: appActivities(target),
    automation: automationActivities(target),
    backups: backupActivities(target, run),
    channels: channelActivities(target, run),
    containment: containmentActivities(target),
    dependencies: dependencyActivities(target, run),
    drill: drillActivities(target, run),
    evidence: evidenceActivities(target, run),
    files: fileActivities(target, run),
    host: hostActivities(target),
    http: httpActivities(target),
    logs: logActivities(target),
    records: recordActivities(target),
    redis: redisActivities(target),
    runtime: runtimeActivities(target, run),
    services: serviceActivities(target),
    sqlite: sqliteActivities(target, run),
  };
}
export type Systems = ReturnType<typeof createSystems>;

/** All that a step may touch. `alerts` need Temporal, so that the worker serves them itself. */
export type StepSystems = Systems & { readonly alerts: AlertActivities };

/** `sqlite.swap`, `runtime.stop`, ... */
export type ActivityType = {
  [System in keyof StepSystems]: `${System}.${Extract<keyof StepSystems[System], string>}`;
}[keyof StepSystems];
