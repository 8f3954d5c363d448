import { z } from 'zod';
import { ArchiveName, BackupClass } from '../../activities/artefact/manifest.ts';
import type { ActivityType } from '../../activities/index.ts';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import type { NoticeActivities } from '../../activities/served-by-worker/notices.ts';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import type { PeopleActivities } from '../../activities/served-by-worker/people.ts';
import type { RunActivities } from '../../activities/served-by-worker/runs.ts';
import type { TargetActivities } from '../../activities/served-by-worker/target.ts';
import { BackupId, BackupReference } from '../../config/backup-id.ts';
import { By, Label, Moment, upTo } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import { Duration } from '../../config/time/duration.ts';
import { Stamp } from '../../config/time/stamp.ts';
import { AlertReport } from '../../incident/alert-report.ts';
import { NextEpisode } from '../../incident/messages.ts';
import { Page } from '../../incident/page.ts';
import {
  Path,
  Run,
  StoredDatabase,
  Staged,
  Proof,
  Unmanaged,
  PlaceRetention,
  RestoreRequest,
  Examined,
  Examination,
  LockHolder,
  IndexSpec,
  SlowStatement,
  Measurement,
  Repair,
  Containment,
  StopRecord,
  EndingHold,
  TurnOff,
  Way,
  DrillRecord,
  Figure,
  AuditEvent,
  ClaimRequest,
  Recording,
  NoticeRequest,
  EscalationQuestion,
} from './shapes.ts';

type Type =
  | ActivityType
  | keyof IncidentActivities
  | keyof NoticeActivities
  | keyof PageActivities
  | keyof PeopleActivities
  | keyof RunActivities
  | keyof TargetActivities;

const none = z.tuple([]);
const stamp = z.tuple([Stamp]);
const twoStamps = z.tuple([Stamp, Stamp]);
const Kind = z.enum(['daily', 'weekly']);
const Limits = z.strictObject({
  memory: z.int().min(1).optional(),
  cpus: z.number().positive().optional(),
});

/** What each activity takes. One without a row does not compile. */
export const argumentsByType: Readonly<Record<Type, z.ZodType<readonly unknown[]>>> = {
  'alerts.lift': z.tuple([Run.optional()]),
  'alerts.suppress': z.tuple([Moment, z.string(), z.string().min(1).optional()]),
  'app.clearCache': none,
  'app.prove': none,
  'app.restarts': none,
  'automation.turnOff': z.tuple([TurnOff]),
  'automation.turnOn': none,
  'backups.adopt': z.tuple([Stamp, Unmanaged]),
  'backups.adoptKept': stamp,
  'backups.archive': z.tuple([Kind, Stamp]),
  'backups.copy': z.tuple([Stamp, BackupClass, Proof]),
  'backups.discard': z.tuple([Stamp, Run.optional()]),
  'backups.expectBackedUp': none,
  'backups.expectFiles': z.tuple([Kind, Stamp]),
  'backups.expectSpace': z.tuple([Kind, Stamp]),
  'backups.find': z.tuple([BackupReference]),
  'backups.finishPrune': z.tuple([upTo(10, PlaceRetention)]),
  'backups.planPrune': z.tuple([Moment]),
  'backups.prune': z.tuple([Moment, Stamp.optional()]),
  'backups.quarantine': stamp,
  'backups.recognise': z.tuple([z.string().min(1).max(4096)]),
  'backups.seal': z.tuple([Stamp, BackupClass, Proof]),
  'backups.snapshot': stamp,
  'backups.store': stamp,
  'backups.verify': z.tuple([Stamp, z.enum(['live', 'file']).optional()]),
  'channels.find': none,
  'channels.ping': z.tuple([Label, Moment]),
  'channels.test': z.tuple([Way, Moment]),
  'containment.find': none,
  'containment.record': z.tuple([Containment]),
  'containment.remove': z.tuple([Run.optional()]),
  'database.abilities': none,
  'database.adviseCompaction': z.tuple([
    Measurement,
    z.strictObject({ running: z.boolean(), asked: z.boolean() }),
  ]),
  'database.adviseIndex': z.tuple([upTo(1000, SlowStatement)]),
  'database.analyse': none,
  'database.awaitUnlocked': z.tuple([Examination.optional()]),
  'database.checkpoint': none,
  'database.cleanUp': stamp,
  'database.compact': stamp,
  'database.createIndex': z.tuple([IndexSpec]),
  'database.dropIndex': z.tuple([IndexSpec]),
  'database.dropKept': stamp,
  'database.endLockHolder': z.tuple([LockHolder, z.enum(['SIGTERM', 'SIGKILL'])]),
  'database.examine': none,
  'database.expectLive': z.tuple([Staged]),
  'database.expectQuickCheck': none,
  'database.expectSound': none,
  'database.expectSpaceToCompact': none,
  'database.expectUnlocked': none,
  'database.findLockHolders': none,
  'database.findOpeners': none,
  'database.hasIndex': z.tuple([IndexSpec]),
  'database.isLive': z.tuple([Staged]),
  'database.keep': z.tuple([Stamp, Examined]),
  'database.measure': none,
  'database.putBack': stamp,
  'database.reclaim': none,
  'database.stage': z.tuple([StoredDatabase, Stamp]),
  'database.swap': z.tuple([Staged]),
  'database.uncompact': stamp,
  'database.unkeep': stamp,
  'database.unstage': stamp,
  'dependencies.differ': stamp,
  'dependencies.findBefore': stamp,
  'dependencies.goBack': twoStamps,
  'dependencies.restore': stamp,
  'dependencies.update': stamp,
  'drill.boot': stamp,
  'drill.choose': stamp,
  'drill.clean': stamp,
  'drill.prove': z.tuple([BackupId]),
  'drill.record': z.tuple([DrillRecord]),
  'drill.restore': z.tuple([BackupId, Stamp]),
  'drill.test': stamp,
  'evidence.keep': z.tuple([upTo(1000, z.string())]),
  'figures.record': z.tuple([upTo(10_000, Figure), Moment]),
  'files.cleanUp': stamp,
  'files.compare': z.tuple([RestoreRequest]),
  'files.discard': stamp,
  'files.find': z.tuple([BackupReference, upTo(2, ArchiveName)]),
  'files.findKept': stamp,
  'files.findKnownGood': none,
  'files.keep': stamp,
  'files.place': stamp,
  'files.putBack': stamp,
  'files.stage': z.tuple([RestoreRequest, Stamp]),
  'files.stageKept': twoStamps,
  'health.recent': none,
  'health.sample': z.tuple([
    z
      .strictObject({
        answers: z.int().min(1).max(1000).optional(),
        thorough: z.boolean().optional(),
      })
      .optional(),
  ]),
  'host.disks': none,
  'host.port': none,
  'host.resources': none,
  'http.expectReady': none,
  'http.isReady': none,
  'http.measure': none,
  'images.build': z.tuple([Stamp, z.strictObject({ pull: z.boolean(), cache: z.boolean() })]),
  'images.differ': stamp,
  'images.find': none,
  'images.findKnownGood': none,
  'images.goBack': stamp,
  'images.goToKnownGood': stamp,
  'images.keep': stamp,
  'images.prune': stamp,
  'images.replace': none,
  'lifecycle.checkStartup': none,
  'lifecycle.recordStopped': z.tuple([StopRecord]),
  'lifecycle.removeStopped': z.tuple([z.string().max(1000).optional()]),
  'lifecycle.settleStop': z.tuple([StopRecord, EndingHold]),
  'limits.expectSet': z.tuple([Limits]),
  'limits.find': z.tuple([Limits, z.int().min(1)]),
  'limits.goBack': stamp,
  'limits.persist': z.tuple([Stamp, Limits]),
  'limits.set': z.tuple([Stamp, Limits]),
  'logs.compress': z.tuple([Path]),
  'logs.expectInOrder': z.tuple([upTo(1000, z.string())]),
  'logs.inspect': none,
  'logs.list': none,
  'logs.prune': z.tuple([Path, Stamp]),
  'logs.review': z.tuple([Path]),
  'logs.rotate': z.tuple([Path, Stamp]),
  'proxy.awaitIdle': z.tuple([Moment]),
  'proxy.close': z.tuple([
    z.strictObject({ until: Moment.optional(), restart: z.boolean().optional() }).optional(),
  ]),
  'proxy.expectServing': none,
  'proxy.find': none,
  'proxy.open': z.tuple([Run.optional()]),
  'records.findRollback': z.tuple([Run]),
  'records.prune': stamp,
  'records.reportPerformance': z.tuple([Stamp, Duration]),
  'records.rotateAudit': stamp,
  'redis.clearPrefix': none,
  'redis.inspect': none,
  'redis.ping': none,
  'runtime.describe': none,
  'runtime.freeze': none,
  'runtime.logs': z.tuple([z.int().min(0).max(10_000)]),
  'runtime.noteKnownGood': none,
  'runtime.start': z.tuple([
    z.strictObject({ lifting: z.boolean().optional(), asked: z.boolean().optional() }).optional(),
  ]),
  'runtime.stop': z.tuple([z.strictObject({ gently: z.boolean().optional() }).optional()]),
  'runtime.thaw': none,
  'services.running': none,
  'services.start': z.tuple([z.enum(['needed', 'others'])]),
  'services.stopExcept': z.tuple([upTo(1000, Label)]),
  'troubleshoot.caches': none,
  'troubleshoot.databaseAccess': none,
  'troubleshoot.memory': none,
  'troubleshoot.permitDatabase': z.tuple([upTo(10, Repair)]),
  'troubleshoot.slowStatements': none,
  'troubleshoot.tryExport': z.tuple([z.enum(['csv', 'pdf', 'png'])]),
  'troubleshoot.unpermitDatabase': z.tuple([upTo(10, Repair)]),
  'troubleshoot.ways': none,

  // By the engine and the standing workflows.
  'incidents.begin-next': z.tuple([NextEpisode]),
  'incidents.report': z.tuple([AlertReport]),
  'notices.notify': z.tuple([NoticeRequest]),
  'pages.plan': z.tuple([EscalationQuestion]),
  'pages.send': z.tuple([Page]),
  'people.identify': z.tuple([
    z.string().max(100),
    z.looseObject({ by: By, login: Login.optional(), id: z.uuid().optional() }),
  ]),
  'runs.audit': z.tuple([upTo(1000, AuditEvent)]),
  'runs.record': z.tuple([Recording]),
  'target.enter': z.tuple([upTo(1000, AuditEvent).optional()]),
  'target.locate': z.tuple([z.string().max(100)]),
  'target.release': z.tuple([z.strictObject({ cleanedUp: z.boolean() })]),
  'target.take': z.tuple([ClaimRequest, upTo(1000, AuditEvent).optional(), z.boolean().optional()]),
};
