import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../src/config/schema/target.ts';
import { makeLogs } from './log-world.ts';

const LIST = 'installed.txt';

/** A window that is open now, logs to rotate, and "dependencies" that are lines of a file. */
export async function openMaintenance(world: Target): Promise<void> {
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

/** Whether the new dependencies are there. In words when it is neither list. */
export function maintenanceFaults(world: Target): boolean | string {
  const list = readFileSync(join(world.directory, LIST), 'utf8');
  if (list === 'older 1.0\n') return false;
  return list === 'newer 2.0\n' || `its dependencies are ${JSON.stringify(list)}`;
}
