import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';
import { configurationFaults, divergeConfiguration } from '../../faults/worlds/configuration.ts';
import { INSTALLED, REPLACED_BY, replaceEverything } from '../../support/replaced.ts';

/** A run has replaced its database, its configuration and its dependencies. What is done to the database alone is played elsewhere. */
export const example: Example = {
  input: () => ({ run: REPLACED_BY }),
  async prepare(world, _runs, backup) {
    await divergeConfiguration(world, backup);
    await replaceEverything(world, backup);
  },
  calls: [
    'database.stage',
    'files.stageKept',
    'runtime.stop',
    'files.keep',
    'files.place',
    'dependencies.goBack',
    'database.keep',
    'database.swap',
    'redis.clearPrefix',
    'runtime.start',
    'backups.adoptKept',
  ],
  played: ['files.stageKept', 'files.place', 'dependencies.goBack'],
  undone: {
    by: 'app.prove',
    calls: [
      'runtime.stop',
      'database.putBack',
      'database.unkeep',
      'dependencies.restore',
      'runtime.stop',
      'files.putBack',
      'runtime.start',
      'files.discard',
      'database.unstage',
    ],
    chain: ['runtime.stop', 'files.putBack'],
  },
  sample: { 'worker killed': 'dependencies.goBack' },
  database: 'returned',
  made: cameBack,
};

/** Whether configuration and dependencies are those from before. As text when they are a mix. */
function cameBack(world: SqliteTarget): boolean | string {
  const restored = configurationFaults(world);
  if (typeof restored === 'string') return restored;
  const list = readFileSync(join(world.directory, INSTALLED), 'utf8');
  if (restored && list === 'newer 2.0\n') return false;
  if (!restored && list === 'older 1.0\n') return true;
  return `its configuration is ${restored ? 'restored' : 'from before'}, and its dependencies ${JSON.stringify(list)}`;
}
