import type { ActingType } from './activity-policies.ts';

/** Of a system, what finds the effect of a terminated run by its stamp or its id, and puts it right: see `workflows/parts/clean-up.ts`. */
type CleanedUpBy =
  | 'files'
  | 'database'
  | 'dependencies'
  | 'images'
  | 'limits'
  | 'replicas'
  | 'backups'
  | 'deletions'
  | 'drill'
  | 'secrets'
  | 'migration'
  | 'alerts';

/** `start`: whoever cleans up starts the application at its end, and lets users through to it, or keeps it stopped when it is contained. */
interface CleanedUp {
  readonly by: CleanedUpBy | 'start';
}

interface NothingToDo {
  /** Why nothing is left that has to be put right. */
  readonly nothing: string;
}

export type CleanUpName = CleanedUpBy;

/**
 * What becomes of the effect of each acting activity when its run is terminated, so that nobody undoes it. An acting activity
 * that is missing here does not compile.
 */
export const afterTermination: {
  readonly [Type in ActingType]: CleanedUp | NothingToDo;
} = {
  'alerts.lift': { nothing: 'Alerts that come through again are no harm' },
  'alerts.suppress': { by: 'alerts' },
  'app.clearCache': { nothing: 'A cache fills itself' },
  'backups.adopt': { by: 'backups' },
  'backups.adoptKept': { by: 'backups' },
  'backups.archive': { by: 'backups' },
  'backups.copy': { by: 'backups' },
  'backups.discard': { by: 'backups' },
  'backups.finishPrune': { by: 'deletions' },
  'backups.prune': { by: 'deletions' },
  'backups.quarantine': {
    nothing: 'What it has copied is evidence, and goes when its time is over',
  },
  'backups.seal': { by: 'backups' },
  'backups.snapshot': { by: 'backups' },
  'backups.store': { by: 'backups' },
  'containment.record': { by: 'start' },
  'containment.remove': { by: 'start' },
  'database.analyse': { nothing: 'Each table is analysed whole or not' },
  'database.awaitUnlocked': { nothing: 'It only tries to write' },
  'database.checkpoint': { nothing: 'Its content is the same before and after' },
  'database.cleanUp': { by: 'database' },
  'database.compact': { by: 'database' },
  'database.createIndex': { nothing: 'An index is made whole or not, and changes no row' },
  'database.dropIndex': { nothing: 'An index changes no row' },
  'database.dropKept': { by: 'database' },
  'database.endLockHolder': { nothing: 'A process that was ended cannot come back' },
  'database.expectUnlocked': { nothing: 'It only tries to write' },
  'database.keep': { by: 'database' },
  'database.putBack': { by: 'database' },
  'database.reclaim': { nothing: 'Each piece is given back whole or not' },
  'database.stage': { by: 'database' },
  'database.swap': { by: 'database' },
  'database.uncompact': { by: 'database' },
  'database.unkeep': { by: 'database' },
  'database.unstage': { by: 'database' },
  'dependencies.goBack': { by: 'dependencies' },
  'dependencies.restore': { by: 'dependencies' },
  'dependencies.update': { by: 'dependencies' },
  'drill.boot': { by: 'drill' },
  'drill.clean': { by: 'drill' },
  'drill.prove': { nothing: 'What it marks is true of the backup' },
  'drill.record': { nothing: 'A drill is recorded once, whole' },
  'drill.restore': { by: 'drill' },
  'evidence.keep': { nothing: 'What it has kept is evidence' },
  'files.cleanUp': { by: 'files' },
  'files.discard': { by: 'files' },
  'files.keep': { by: 'files' },
  'files.place': { by: 'files' },
  'files.putBack': { by: 'files' },
  'files.stage': { by: 'files' },
  'files.stageKept': { by: 'files' },
  'hostClaim.release': { nothing: 'Whoever takes the host next sees that its run is over' },
  'hostClaim.take': { nothing: 'Whoever takes the host next sees that its run is over' },
  'images.build': { by: 'images' },
  'images.goBack': { by: 'images' },
  'images.goToKnownGood': { by: 'images' },
  'images.keep': { nothing: 'Another name of the image that it runs on does no harm' },
  'images.prune': { nothing: 'What was past its time may be gone' },
  'images.replace': { by: 'images' },
  'lifecycle.recordStopped': { by: 'start' },
  'lifecycle.removeStopped': { by: 'start' },
  'lifecycle.settleStop': { by: 'start' },
  'limits.goBack': { by: 'limits' },
  'limits.persist': { by: 'limits' },
  'limits.set': { by: 'limits' },
  'logs.compress': { nothing: 'The next rotation goes on with it' },
  'logs.prune': { nothing: 'What was past its time may be gone' },
  'logs.rotate': {
    nothing: 'A rotated file has every line, and the next rotation goes on with it',
  },
  'migration.copy': {
    nothing: 'Nobody works on what it has copied, and the next one copies anew',
  },
  'migration.goBack': { by: 'migration' },
  'migration.switchOver': { by: 'migration' },
  'proxy.close': { by: 'start' },
  'proxy.open': { by: 'start' },
  'records.prune': { nothing: 'What was past its time may be gone' },
  'records.rotateAudit': { nothing: 'No line of the audit is lost by it' },
  'redis.clearPrefix': { nothing: 'A cache fills itself' },
  'replicas.goBack': { by: 'replicas' },
  'replicas.letThrough': { by: 'replicas' },
  'replicas.persist': { by: 'replicas' },
  'replicas.remove': { by: 'replicas' },
  'replicas.start': { by: 'replicas' },
  'runtime.freeze': { by: 'start' },
  'runtime.noteKnownGood': { nothing: 'What it notes was proven' },
  'runtime.start': { by: 'start' },
  'runtime.stop': { by: 'start' },
  'runtime.thaw': { by: 'start' },
  'secrets.admit': { by: 'secrets' },
  'secrets.complete': { by: 'secrets' },
  'secrets.dismiss': { by: 'secrets' },
  'secrets.finish': { by: 'secrets' },
  'secrets.forget': { by: 'secrets' },
  'secrets.generate': { by: 'secrets' },
  'secrets.putBack': { by: 'secrets' },
  'secrets.write': { by: 'secrets' },
  'security.block': { nothing: 'It was approved, and ends by itself' },
  'security.collect': { nothing: 'What it has kept is evidence' },
  'security.report': { nothing: 'A report does no harm' },
  'security.unblock': { nothing: 'Who is let through may try again, and is seen' },
  'services.start': { nothing: 'What the application needs may run' },
  'services.stopExcept': { nothing: 'What it stops did not run before' },
  'troubleshoot.permitDatabase': { nothing: 'Owner and mode that the policy names do no harm' },
  'troubleshoot.unpermitDatabase': { nothing: 'They are what they were before' },
  'updates.install': {
    nothing:
      'apt goes on by itself; what it left half configured is put right first by the next update',
  },
  'updates.keep': { nothing: 'Packages that were kept do no harm' },
  'updates.mend': { nothing: 'What it has ended is whole' },
  'updates.restore': { nothing: 'Each package is whole in its old version or in its new one' },
};
