import { readdirSync } from 'node:fs';
import { listBackups } from '../../src/activities/backups/catalogue/backup-store.ts';
import type { ActivityType } from '../../src/activities/index.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { readDrills } from '../../src/state/drill-history.ts';
import { ageBackups } from '../activities/database/support/aged-backups.ts';
import { makeWasteful, pragmaOf } from '../activities/database/support/wasteful.ts';
import type { Runs } from '../support/run.ts';
import { FOREIGN_COPY, leaveForeignCopy } from '../support/unmanaged-copy.ts';
import type { Before } from './before.ts';
import { contain, liftContainment } from './containment-world.ts';
import type { FaultName } from './faults.ts';
import { applicationDown, databaseIssue, performanceDegraded } from './incident-worlds.ts';
import { logFaults, makeLogs } from './log-world.ts';
import { maintenanceFaults, openMaintenance } from './maintenance-world.ts';
import { orderToLinger } from './order-to-linger.ts';
import { systemRecovery } from './system-world.ts';

/** The world in which a runbook is put to the test: its application runs, one backup was taken, and rows came since. */
export interface Example {
  input(before: Before): object;
  /** Makes of the world what the runbook is for. Its workers run. */
  prepare?(world: Target, runs: Runs, backup: string): Promise<void>;
  /** Every acting call of the happy path, in order. A recording run compares. */
  readonly calls: readonly ActivityType[];
  /** Those at which faults strike, when it is not all of them. */
  readonly played?: readonly ActivityType[];
  /** The last call whose failure undoes the run, and what its undo then calls. A recording run compares. Missing: it has none. */
  readonly undone?: {
    readonly by: ActivityType;
    readonly calls: readonly ActivityType[];
    /** Those of which none is made when one before it has failed. */
    readonly chain?: readonly ActivityType[];
  };
  /** The call at which each fault hurts most: these cells are played every day. */
  readonly sample: Readonly<Partial<Record<FaultName, ActivityType>>>;
  /** What it made is whole before its end, and stays when the run is stopped after it. */
  readonly stays?: true;
  /** What the finished run makes of the database. */
  readonly database: 'kept' | 'restored';
  /** Whether its work is there, all of it, as far as it is no part of the live database. In words when it is a mix; undefined when both are well. */
  made?(world: Target, before: Before): boolean | string | undefined;
}

/** One for each acting runbook of the catalogue. */
export const examples: Readonly<Record<string, Example>> = {
  'daily-backup': {
    input: () => ({}),
    calls: ['backups.snapshot', 'backups.store', 'backups.seal', 'backups.prune'],
    // There is nothing to prune here: prune-backups plays that.
    played: ['backups.snapshot', 'backups.store', 'backups.seal'],
    stays: true,
    undone: { by: 'backups.seal', calls: ['backups.discard'] },
    sample: { 'timed out while it works': 'backups.snapshot' },
    database: 'kept',
    made: oneBackup,
  },

  'weekly-backup': {
    input: () => ({}),
    calls: ['backups.snapshot', 'backups.store', 'backups.archive', 'backups.seal'],
    undone: { by: 'backups.seal', calls: ['backups.discard'] },
    sample: { 'worker killed': 'backups.archive' },
    database: 'kept',
    made: oneBackup,
  },

  'database-locked': {
    input: () => ({}),
    calls: ['database.awaitUnlocked', 'database.expectUnlocked'],
    sample: { 'result lost': 'database.awaitUnlocked' },
    database: 'kept',
  },

  'database-maintenance': {
    input: () => ({ downtime: true }),
    async prepare(world) {
      makeWasteful(world.database.file, { pages: 500 });
    },
    calls: [
      'database.analyse',
      'database.checkpoint',
      'runtime.stop',
      'database.compact',
      'runtime.start',
      'database.dropKept',
    ],
    undone: { by: 'database.compact', calls: ['database.uncompact', 'runtime.start'] },
    sample: { 'failed after its effect': 'database.compact' },
    database: 'kept',
    // Its application goes on to write, and frees a page now and then.
    made: ({ database }) => Number(pragmaOf(database.file, 'freelist_count')) < 100,
  },

  'adopt-backup': {
    input: () => ({ file: FOREIGN_COPY }),
    async prepare(world) {
      leaveForeignCopy(world);
    },
    calls: ['backups.adopt', 'backups.store', 'backups.seal'],
    undone: { by: 'backups.seal', calls: ['backups.discard'] },
    sample: { 'timed out while it works': 'backups.adopt' },
    database: 'kept',
    made({ backups }, before) {
      const others = listBackups(backups.directory).filter(({ id }) => id !== before.backup);
      const unfit = others.find(({ state }) => state !== 'verified');
      if (unfit) return `backup "${unfit.id}" is ${unfit.state}`;
      return others.length > 1 ? `${others.length} backups of one file` : others.length === 1;
    },
  },

  // Two of its backups are past their time, and one would be, were it not among the two newest.
  'prune-backups': {
    input: () => ({}),
    async prepare(world, _runs, backup) {
      ageBackups(world, backup, [100, 101, 102], { now: new Date().toISOString() });
    },
    calls: ['backups.prune'],
    undone: { by: 'backups.prune', calls: ['backups.finishPrune'] },
    sample: { 'worker killed': 'backups.prune' },
    database: 'kept',
    made({ backups }) {
      const names = readdirSync(backups.directory);
      const states = listBackups(backups.directory).map(({ state }) => state);
      if (states.some((state) => state !== 'verified') || names.length !== states.length)
        return `there are ${names.join(', ')}`;
      return states.length === 2 || (states.length === 4 ? false : `${states.length} backups`);
    },
  },

  'database-recovery': {
    input: ({ backup }) => ({ backup }),
    calls: [
      'database.stage',
      'runtime.stop',
      'database.keep',
      'database.swap',
      'redis.clearPrefix',
      'runtime.start',
      'backups.adoptKept',
    ],
    undone: {
      by: 'app.prove',
      calls: [
        'runtime.stop',
        'database.putBack',
        'database.unkeep',
        'runtime.start',
        'database.unstage',
      ],
    },
    sample: {
      'done twice': 'database.swap',
      'timed out while it works': 'database.swap',
      'terminated while it works': 'database.swap',
      'worker killed': 'database.keep',
    },
    database: 'restored',
  },

  'system-recovery': systemRecovery,
  'application-down': applicationDown,
  'database-issue': databaseIssue,
  contain,
  'lift-containment': liftContainment,
  'performance-degraded': performanceDegraded,

  // What its parts do is put to the test as runbooks of their own.
  'maintenance-window': {
    input: () => ({}),
    prepare: openMaintenance,
    calls: [
      'alerts.suppress',
      'backups.snapshot',
      'backups.store',
      'backups.seal',
      'backups.prune',
      'runtime.stop',
      'dependencies.update',
      'database.analyse',
      'database.checkpoint',
      'logs.rotate',
      'logs.prune',
      'logs.compress',
      'records.prune',
      'records.rotateAudit',
      'backups.prune',
      'runtime.start',
      'alerts.lift',
    ],
    played: [
      'alerts.suppress',
      'backups.seal',
      'runtime.stop',
      'dependencies.update',
      'database.analyse',
      'runtime.start',
      'alerts.lift',
    ],
    undone: {
      by: 'app.prove',
      calls: ['runtime.stop', 'dependencies.restore', 'runtime.start', 'alerts.lift'],
    },
    sample: { 'failed after its effect': 'dependencies.update' },
    database: 'kept',
    made: maintenanceFaults,
  },

  'log-rotation': {
    input: () => ({}),
    prepare: makeLogs,
    calls: ['logs.rotate', 'logs.prune', 'logs.compress', 'records.prune', 'records.rotateAudit'],
    sample: { 'timed out while it works': 'logs.rotate' },
    database: 'kept',
    made: logFaults,
  },

  'restore-drill': {
    input: () => ({}),
    calls: ['drill.prove', 'drill.restore', 'drill.boot', 'drill.clean', 'drill.record'],
    sample: { 'terminated while it works': 'drill.boot' },
    database: 'kept',
    // A drill that failed is recorded, too.
    made: ({ state }) =>
      readDrills({ state }).length > 1 ? 'one drill was recorded twice' : undefined,
  },

  // Its world was left by a recovery that was terminated: the application is down, copies lie about.
  repair: {
    input: () => ({}),
    async prepare(world, runs, backup) {
      const linger = orderToLinger(world, 'database.keep', 'working');
      const run = await runs.start('database-recovery', { backup });
      await linger.begun();
      await runs.client.workflow.getHandle(run).terminate('an example');
      linger.end();
    },
    calls: ['database.cleanUp', 'backups.discard', 'drill.clean', 'runtime.start'],
    sample: { 'result lost': 'database.cleanUp' },
    database: 'kept',
  },
};

function oneBackup({ backups }: Target, before: Before): boolean | string {
  const others = listBackups(backups.directory).filter(({ id }) => id !== before.backup);
  const unfit = others.find(({ state }) => state !== 'verified');
  if (unfit) return `backup "${unfit.id}" is ${unfit.state}`;
  return others.length > 1 ? `${others.length} backups of one run` : others.length === 1;
}
