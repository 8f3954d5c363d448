import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';
import { makeLogs } from '../../faults/worlds/logs.ts';

/** Its window is open now. What its parts do is put to the test as runbooks of their own. */
export const example: Example = {
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
  takenBack: true,
  sample: {
    'failed after its effect': 'dependencies.update',
    'terminated, then repair': 'dependencies.update',
  },
  database: 'kept',
  made: dependenciesAreNew,
};

const LIST = 'installed.txt';

/** A window that is open now, logs to rotate, and "dependencies" that are lines of a file. */
export async function openMaintenance(world: SqliteTarget): Promise<void> {
  await makeLogs(world);
  const start = new Date(Date.now() - 60_000).toISOString().slice(11, 16);
  world.maintenance = {
    window: { calendar: 'daily', start, duration: '2h', cutoff: '30m', timezone: 'UTC' },
    dependencies: {
      list: ['cat', LIST],
      update: ['sh', '-c', `echo "newer 2.0" > ${LIST}`],
      restore: ['cp', '{file}', LIST],
      timeout: '1m',
    },
    chores: [],
  };
  writeFileSync(join(world.directory, LIST), 'older 1.0\n');
}

/** As text when it is neither list. */
function dependenciesAreNew({ directory }: SqliteTarget): boolean | string {
  const list = readFileSync(join(directory, LIST), 'utf8');
  if (list === 'older 1.0\n') return false;
  return list === 'newer 2.0\n' || `its dependencies are ${JSON.stringify(list)}`;
}
