import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { createSystems } from '../../src/activities/index.ts';
import { LogFile } from '../../src/config/schema/logs.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { damageDatabase } from '../../src/dev/demo/sample-database.ts';
import { BACKUP } from '../activities/database/support/scenarios.ts';
import { makeWasteful } from '../activities/database/support/wasteful.ts';
import { backedUp } from '../activities/files/support/back-up.ts';
import { failOnce } from '../faults/incident-worlds.ts';
import { openMaintenance } from '../faults/maintenance-world.ts';
import { furnish } from '../support/furnished.ts';
import { FOREIGN_COPY, leaveForeignCopy } from '../support/unmanaged-copy.ts';
import { failing, failingOnce, stoppingAt, type Strike, waiting } from './strikes.ts';

/** One way in which a runbook ends. */
export interface Story {
  readonly runbook: string;
  readonly ending: 'done' | 'undone' | 'stopped' | 'left' | 'decided';
  readonly input: object;
  readonly decisions: Target['decisions'];
  /** A recovery was terminated before, at this activity. */
  readonly dead?: string;
  readonly prepare?: (target: Target) => void | Promise<void>;
  readonly strike?: Strike;
  /** What a person does. */
  readonly answer?: (handle: WorkflowHandle) => Promise<void>;
}

const nobody: Target['decisions'] = { wait: '0s', waitWhileDown: '0s' };
const backup = { runbook: 'daily-backup', input: {}, decisions: nobody } as const;
const recovery = {
  runbook: 'database-recovery',
  input: { backup: 'latest' },
  decisions: nobody,
} as const;

const repair = {
  runbook: 'repair',
  input: {},
  decisions: nobody,
  dead: 'database.keep',
} as const;

const locked = { runbook: 'database-locked', input: {}, decisions: nobody } as const;

const maintenance = {
  runbook: 'database-maintenance',
  input: { downtime: true },
  decisions: nobody,
  prepare: ({ database }: Target) => makeWasteful(database.file),
} as const;

const adoption = {
  runbook: 'adopt-backup',
  input: { file: FOREIGN_COPY },
  decisions: nobody,
  prepare: (target: Target) => void leaveForeignCopy(target),
} as const;

const pruning = { runbook: 'prune-backups', input: {}, decisions: nobody } as const;

const rotation = {
  runbook: 'log-rotation',
  input: {},
  decisions: nobody,
  prepare: growLog,
} as const;

const drill = { runbook: 'restore-drill', input: {}, decisions: nobody } as const;

const upkeep = {
  runbook: 'maintenance-window',
  input: {},
  decisions: nobody,
  prepare: openMaintenance,
} as const;

const system = {
  runbook: 'system-recovery',
  input: { backup: BACKUP },
  decisions: nobody,
  prepare: changeConfiguration,
} as const;

const weekly = { ...backup, runbook: 'weekly-backup' } as const;

const down = {
  runbook: 'application-down',
  input: { overwrite: 'yes' },
  decisions: nobody,
  prepare: breakDown,
} as const;

const issue = {
  runbook: 'database-issue',
  input: { overwrite: 'yes' },
  decisions: nobody,
  prepare: ({ database }: Target) => damageDatabase(database.file, 20),
} as const;

const containment = {
  runbook: 'contain',
  input: { reason: 'its rows vanish' },
  decisions: nobody,
} as const;

const lifting = {
  runbook: 'lift-containment',
  input: {},
  decisions: nobody,
  prepare: keepDown,
} as const;

const degraded = {
  runbook: 'performance-degraded',
  input: { clear: 'yes' },
  decisions: nobody,
} as const;

const testing = {
  runbook: 'page-test',
  input: {},
  decisions: nobody,
  prepare: (target: Target) => void (target.contacts = { operations: { members: ['ops-1'] } }),
} as const;

export const stories: readonly Story[] = [
  { runbook: 'automation', ending: 'done', input: { turn: 'off' }, decisions: nobody },
  { ...backup, ending: 'done' },
  { ...backup, ending: 'undone', strike: failing('backups.verify') },
  { ...backup, ending: 'stopped', strike: stoppingAt('backups.verify') },
  { ...backup, ending: 'left', strike: failing('backups.verify', 'backups.discard') },
  { ...locked, ending: 'done' },
  { ...locked, ending: 'stopped', strike: stoppingAt('database.awaitUnlocked') },
  { ...maintenance, ending: 'done' },
  { ...maintenance, ending: 'undone', strike: failing('database.compact') },
  { ...maintenance, ending: 'left', strike: failing('app.prove') },
  { ...maintenance, ending: 'stopped', strike: stoppingAt('database.checkpoint') },
  { ...adoption, ending: 'done' },
  { ...adoption, ending: 'undone', strike: failing('backups.seal') },
  { ...adoption, ending: 'stopped', strike: stoppingAt('backups.verify') },
  { ...adoption, ending: 'left', strike: failing('backups.seal', 'backups.discard') },
  { ...pruning, ending: 'done' },
  { ...pruning, ending: 'undone', strike: failing('backups.prune') },
  { ...pruning, ending: 'stopped', strike: stoppingAt('backups.planPrune') },
  { ...pruning, ending: 'left', strike: failing('backups.prune', 'backups.finishPrune') },
  { ...weekly, ending: 'done' },
  { ...weekly, ending: 'undone', strike: failing('backups.archive') },
  { ...weekly, ending: 'stopped', strike: stoppingAt('backups.verify') },
  { ...weekly, ending: 'left', strike: failing('backups.verify', 'backups.discard') },
  { ...drill, ending: 'done' },
  { ...drill, ending: 'stopped', strike: stoppingAt('drill.boot') },
  { ...upkeep, ending: 'done' },
  { ...upkeep, ending: 'undone', strike: failing('app.prove') },
  { ...upkeep, ending: 'stopped', strike: stoppingAt('dependencies.update') },
  { ...upkeep, ending: 'left', strike: failing('app.prove', 'dependencies.restore') },
  { ...recovery, ending: 'done' },
  { ...recovery, ending: 'undone', strike: failing('app.prove') },
  { ...recovery, ending: 'stopped', strike: stoppingAt('database.swap') },
  {
    ...recovery,
    ending: 'left',
    prepare: ({ database }) => damageDatabase(database.file, 20),
    strike: failing('app.prove'),
  },
  { ...repair, ending: 'done' },
  { ...repair, ending: 'stopped', strike: stoppingAt('database.examine') },
  { ...system, ending: 'done' },
  { ...system, ending: 'undone', strike: failing('redis.ping') },
  { ...system, ending: 'stopped', strike: stoppingAt('files.place') },
  { ...system, ending: 'left', strike: failing('redis.ping', 'files.putBack') },
  { ...down, ending: 'done' },
  { ...down, ending: 'undone', strike: failing('files.place') },
  { ...down, ending: 'stopped', strike: stoppingAt('runtime.stop') },
  { ...down, ending: 'left', strike: failing('files.place', 'files.putBack') },
  { ...issue, ending: 'done' },
  { ...issue, ending: 'undone', strike: failing('runtime.freeze') },
  { ...issue, ending: 'stopped', strike: stoppingAt('backups.quarantine') },
  { ...issue, ending: 'left', strike: failing('runtime.freeze', 'runtime.thaw') },
  { ...containment, ending: 'done' },
  { ...containment, ending: 'undone', strike: failing('runtime.stop') },
  { ...containment, ending: 'stopped', strike: stoppingAt('runtime.stop') },
  { ...containment, ending: 'left', strike: failing('runtime.stop', 'containment.remove') },
  { ...lifting, ending: 'done' },
  { ...lifting, ending: 'undone', strike: failing('app.prove') },
  { ...lifting, ending: 'stopped', strike: stoppingAt('app.prove') },
  { ...lifting, ending: 'left', strike: failing('app.prove', 'runtime.stop') },
  { ...testing, ending: 'done' },
  { ...degraded, ending: 'done' },
  { ...degraded, ending: 'stopped', strike: stoppingAt('database.analyse') },
  { ...rotation, ending: 'done' },
  { ...rotation, ending: 'stopped', strike: stoppingAt('records.prune') },
  {
    ...recovery,
    ending: 'decided',
    decisions: { wait: '5m', waitWhileDown: '0s' },
    strike: failingOnce('database.stage'),
    answer: async (handle) => {
      await waiting(handle, 'stage');
      await handle.executeUpdate('decide', {
        args: [{ step: 'stage', attempt: 1, choice: 'retry', by: 'ops-2', reason: 'room made' }],
      });
    },
  },
];

/** A backup that has configuration, which was changed since. */
async function changeConfiguration(target: Target): Promise<void> {
  furnish(await backedUp(target), { '.env': 'API_TOKEN=now\n', 'app.conf': 'workers = 8\n' });
}

/** It is down, its next start is in vain, and its configuration was changed since the backup. */
async function breakDown(target: Target): Promise<void> {
  // That backup is to be the only one.
  rmSync(target.backups.directory, { recursive: true });
  await changeConfiguration(target);
  await createSystems(target, 'before').runtime.stop();
  target.app.ready = { within: '3s', every: '1s' };
  target.app.restarts = { most: 1, pause: '1s' };
  failOnce(target);
}

/** It is contained. */
async function keepDown(target: Target): Promise<void> {
  const { containment, runtime } = createSystems(target, 'before');
  await containment.record({
    by: 'ops-1',
    since: new Date().toISOString(),
    reason: 'its rows vanish',
    run: 'before',
    ran: true,
  });
  await runtime.stop();
}

/** A log that is due. */
function growLog(target: Target): void {
  const file = join(target.directory, 'shop.log');
  writeFileSync(file, 'a line\n'.repeat(200));
  target.logs = [LogFile.parse({ file, rotate: { size: '1KB' } })];
}
