import { z } from 'zod';
import { AlertRule, Ping } from './target/alerts.ts';
import { App, Proxy } from './target/app.ts';
import { Backups } from './target/backups.ts';
import { Channel } from './target/channels.ts';
import { Drill } from './target/drill.ts';
import { Incidents } from './target/incidents.ts';
import { RedisCache, SqliteDatabase } from './target/database.ts';
import { LogFile } from './target/logs.ts';
import { Metrics } from './target/metrics.ts';
import * as people from './target/people.ts';
import { Records } from './target/records.ts';
import { danglingNames } from './target/references.ts';
import { Runtime } from './target/runtime.ts';
import { Governor, Maintenance, Schedules } from './target/timetable.ts';

export { App } from './target/app.ts';
export { Runtime } from './target/runtime.ts';

/**
 * One system under care, as its YAML file says it: an application, its database, cache, logs and backups, and the
 * policy of its runbooks. Paths are absolute once it is loaded. "A" and "B" in comments are the two manuals
 * whose figures stand in `targets/ahgd.yaml` and `targets/analytics-hub.yaml`.
 */
export const Target = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'Expected lower case letters, digits and dashes'),
    /** False: a template. It is served only when a worker is started for it by name. */
    enabled: z.boolean().default(true),
    directory: z.string().min(1),
    /** Where runs leave claim, evidence and reports. */
    state: z.string().min(1).default('.runbook'),
    runtime: Runtime,
    app: App,
    proxy: Proxy.optional(),
    database: SqliteDatabase,
    cache: RedisCache.optional(),
    logs: z.array(LogFile).default([]),
    records: Records.prefault({}),
    backups: Backups.prefault({}),
    drill: Drill.optional(),
    metrics: Metrics.prefault({}),
    severity: people.Severities.prefault({}),
    escalation: z.array(people.EscalationLevel).default([]),
    incidents: Incidents.prefault({}),
    calendar: people.Calendar.prefault({}),
    contacts: z.record(z.string(), people.Contact).default({}),
    channels: z.record(z.string(), Channel).default({}),
    maintenance: Maintenance.optional(),
    schedules: Schedules.default({}),
    alerts: z.array(AlertRule).default([]),
    pings: z.array(Ping).default([]),
    decisions: people.Decisions.prefault({}),
    approvals: people.Approvals.prefault({}),
    governor: Governor.prefault({}),
  })
  .superRefine(
    (target, context) => {
      for (const dangling of danglingNames(target))
        context.addIssue({ code: 'custom', ...dangling });
    },
    // Also beside other faults: a person wants to hear of all at once.
    { when: () => true },
  );
export type Target = z.infer<typeof Target>;
