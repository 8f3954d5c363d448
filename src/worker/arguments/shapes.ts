import { z } from 'zod';
import { ArchiveName, BackupClass } from '../../activities/artefact/manifest.ts';
import { BackupId } from '../../config/backup-id.ts';
import { IncidentKind } from '../../incident/alert-report.ts';
import { Label, Moment, TargetName, upTo, WorkflowId } from '../../config/border/texts.ts';
import { severities } from '../../config/schema/values/severity.ts';
import { Duration } from '../../config/time/duration.ts';
import { Stamp } from '../../config/time/stamp.ts';

const count = z.int().min(0);
const sentence = z.string();
const sentences = upTo(1000, sentence);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a sha256');
const journalMode = z.string().max(20).optional();

/** An absolute path that says what it means. Which ones are taken is checked where they are used, by the target. */
export const Path = z
  .string()
  .max(4096)
  .regex(/^\/(?!.*(?:\/\.\.?(?:\/|$)|\0))/s, 'Expected an absolute path without ".."');

export const Run = WorkflowId;
const Severity = z.enum(severities);

/** What former activities answer is loose: a newer version may have added to it. */
export const StoredDatabase = z.looseObject({
  id: BackupId,
  file: Path,
  others: upTo(10, Path).optional(),
  database: z.looseObject({ bytes: count, sha256 }),
});

/** On a server a database has a name, and no path. Which ones are taken is checked where they are used, by the target. */
const DatabaseName = z
  .string()
  .max(63)
  .regex(/^[^/\0]+_stage_\d{8}_\d{6}$/, 'Expected the name of a staged database');

export const Staged = z.looseObject({
  file: z.union([Path, DatabaseName]),
  inode: z.string().max(50),
  bytes: count,
  sha256,
  journalMode,
  rows: count,
  checks: sentences,
});

export const Proof = z.looseObject({ rows: count, bytes: count, sha256, checks: sentences });

export const Unmanaged = z.looseObject({
  file: z.union([Path, z.string().regex(/^pgbackrest:[\d:.+TZ-]{10,40}$/)]),
  class: BackupClass,
  takenAt: Moment,
  bytes: count,
  packed: z.enum(['gzip', 'none']),
});

const judged = z.looseObject({ id: BackupId, files: upTo(20, Path).optional() });
export const PlaceRetention = z.looseObject({
  directory: Path,
  keep: upTo(20_000, judged),
  remove: upTo(20_000, judged),
});

export const RestoreRequest = z.strictObject({
  files: upTo(2, z.strictObject({ archive: ArchiveName, backup: BackupId, takenAt: Moment })),
  secrets: z.enum(['keep', 'restore']),
});

const verdict = z.enum(['sound', 'damaged', 'unclear']);
/** What has no verdict, as version 0.1 called it, counts as not sound. */
export const Examined = z.looseObject({ verdict: verdict.optional() });

export const Examination = z.looseObject({
  exists: z.boolean(),
  verdict,
  finding: sentence,
  bytes: count,
});

export const LockHolder = z.looseObject({
  pid: z.int().min(2),
  startTime: z.string().max(50),
  program: z.string().max(1000),
  role: z.string().max(20),
  note: sentence,
});

/** Names as they stand in a schema: any letters, quoted where they are used. */
const identifier = z.string().min(1).max(500);
export const IndexSpec = z.strictObject({
  name: identifier,
  table: identifier,
  columns: upTo(100, identifier),
});

export const SlowStatement = z.looseObject({
  sql: z.string().max(100_000),
  times: count,
  milliseconds: z.number(),
});

export const Limits = z.strictObject({
  memory: z.int().min(1).optional(),
  cpus: z.number().positive().optional(),
});

export const Measurement = z.looseObject({
  bytes: count,
  logBytes: count,
  pageSize: count,
  pages: count,
  freePages: count,
  journalMode,
  wasteful: z.boolean(),
});

const rights = z.looseObject({ mode: count, uid: count, gid: count });
export const Repair = z.looseObject({
  from: rights.extend({ file: Path, inode: z.string().max(50) }),
  to: rights,
});

export const Containment = z.looseObject({
  by: sentence,
  since: Moment,
  reason: sentence,
  because: sentence.optional(),
  run: Run,
  ran: z.boolean(),
});

export const StopRecord = z.looseObject({
  by: sentence,
  because: sentence,
  at: Moment,
  until: Moment.optional(),
  run: z.string().max(1000),
});

export const EndingHold = z.strictObject({ until: Moment, why: sentence, tell: sentence });

export const TurnOff = z.strictObject({ for: Duration, by: sentence, reason: sentence });

export const Way = z.strictObject({ contact: Label, channel: Label, rings: z.boolean() });

export const DrillRecord = z.looseObject({
  run: Run,
  at: Moment,
  verdict: z.enum(['proven', 'failed', 'inconclusive']),
  backup: z.string().max(100),
  rpoMilliseconds: z.number(),
  rtoMilliseconds: z.number().optional(),
  findings: sentences,
});

export const Figure = z.looseObject({
  name: z.string().max(1000),
  value: z.number().optional(),
  unit: z.string().max(50),
  source: sentence,
  at: Moment,
  verdict: z.enum(['ok', 'warning', 'critical', 'unknown', 'not applicable']),
  note: sentence,
});

export const AuditEvent = z.looseObject({
  at: Moment,
  run: Run,
  what: z.string().max(100),
  by: sentence,
});

export const ClaimRequest = z.looseObject({
  stamp: Stamp,
  named: z.boolean().optional(),
  under: Run.optional(),
  wait: z.boolean(),
  preempt: z.boolean(),
  urgent: z.boolean().optional(),
  takeOverIncomplete: z.boolean(),
  governed: z.boolean(),
});

export const Recording = z.looseObject({
  startedAt: Moment,
  endedAt: Moment,
  ending: z.looseObject({
    run: Run,
    runbook: z.string().max(200),
    target: TargetName,
    outcome: z.enum(['done', 'partly', 'failed', 'undone', 'stopped', 'skipped']),
    ledger: upTo(1000, z.looseObject({ id: z.string(), state: z.string() })),
    interventions: upTo(1000, z.looseObject({ at: Moment, by: sentence })),
  }),
  stopped: z.boolean(),
  events: upTo(1000, AuditEvent),
});

/** What tells people something is taken in any length: nobody stays untold for that. */
export const NoticeRequest = z.looseObject({
  target: TargetName,
  run: Run,
  severity: Severity,
  message: z.string(),
  at: Moment,
  asks: z.boolean(),
  kind: IncidentKind.optional(),
});

export const EscalationQuestion = z.looseObject({
  target: TargetName,
  severity: Severity,
  to: Label.optional(),
  from: Moment,
});
