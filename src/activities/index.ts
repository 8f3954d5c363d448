import type { Target } from '../config/target.ts';
import { appActivities } from './app.ts';
import { backupActivities } from './backups.ts';
import { httpActivities } from './http.ts';
import { redisActivities } from './redis.ts';
import { runtimeActivities } from './runtime.ts';
import { sqliteActivities } from './sqlite.ts';

/**
 * The systems of one target, as the steps of one run touch them. The key is the name a runbook uses and
 * the prefix that Temporal shows: `sqlite.swap`. `run` is the workflow id of the run on whose behalf it is.
 */
export function createSystems(target: Target, run: string) {
  return {
    app: appActivities(target),
    backups: backupActivities(target, run),
    http: httpActivities(target),
    redis: redisActivities(target),
    runtime: runtimeActivities(target),
    sqlite: sqliteActivities(target, run),
  };
}
export type Systems = ReturnType<typeof createSystems>;

/** `sqlite.swap`, `runtime.stop`, ... */
export type ActivityType = {
  [System in keyof Systems]: `${System}.${Extract<keyof Systems[System], string>}`;
}[keyof Systems];
