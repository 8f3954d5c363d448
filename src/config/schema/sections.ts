import { z } from 'zod';
import { AlertRule, Ping } from './alerts.ts';
import { App, Exports, Proxy } from './app.ts';
import { Backups } from './backups.ts';
import { Channel } from './channels.ts';
import { AnyDatabase, RedisCache } from './database.ts';
import { Drill } from './drill.ts';
import { Figures } from './measuring/figures.ts';
import { Incidents } from './incidents.ts';
import { LogFile } from './logs.ts';
import { Metrics } from './measuring/metrics.ts';
import { Migration } from './moving/migration.ts';
import { EscalationLevels } from './on-call/escalation-level.ts';
import { Person } from './on-call/person.ts';
import * as people from './people.ts';
import { Procedures } from './oversight/procedures.ts';
import { Records } from './records.ts';
import { Runtime } from './runtime.ts';
import { Secrets } from './security/secrets.ts';
import { RunsAs } from './runs-as.ts';
import { Security } from './security/security.ts';
import { Governor, Maintenance, Schedules } from './timetable.ts';
import { Watchdog } from './oversight/watchdog.ts';
import { Updates } from './upkeep/updates.ts';

/** All that a target's file may say, each part by itself. */
export const Sections = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'Expected lower case letters, digits and dashes'),
  /** False: a template. It is served only when a worker is started for it by name. */
  enabled: z.boolean().default(true),
  directory: z.string().min(1),
  /** Where runs leave claim, evidence and reports. */
  state: z.string().min(1).default('.runbook'),
  runsAs: RunsAs.prefault({}),
  runtime: Runtime,
  app: App,
  proxy: Proxy.optional(),
  secrets: Secrets,
  database: AnyDatabase,
  cache: RedisCache.optional(),
  logs: z.array(LogFile).default([]),
  records: Records.prefault({}),
  backups: Backups.prefault({}),
  drill: Drill.optional(),
  exports: Exports.optional(),
  metrics: Metrics.prefault({}),
  figures: Figures.prefault({}),
  security: Security.prefault({}),
  severity: people.Severities.prefault({}),
  escalation: EscalationLevels.default([]),
  incidents: Incidents.prefault({}),
  calendar: people.Calendar.prefault({}),
  contacts: z.record(z.string(), people.Contact).default({}),
  /** By the names that contacts use. */
  people: z.record(z.string(), Person).default({}),
  channels: z.record(z.string(), Channel).default({}),
  maintenance: Maintenance.optional(),
  migration: Migration.optional(),
  updates: Updates.optional(),
  schedules: Schedules.default({}),
  alerts: z.array(AlertRule).default([]),
  pings: z.array(Ping).default([]),
  decisions: people.Decisions.prefault({}),
  approvals: people.Approvals.prefault({}),
  governor: Governor.prefault({}),
  watchdog: Watchdog.optional(),
  procedures: Procedures.optional(),
});
export type Sections = z.infer<typeof Sections>;
