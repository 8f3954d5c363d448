import type { Example } from '../../faults/example.ts';
import { configurationFaults, divergeConfiguration } from '../../faults/worlds/configuration.ts';

/** Its configuration is not that of the backup. What is done to the database alone is put to the test as a runbook of its own. */
export const example: Example = {
  input: ({ backup }) => ({ backup }),
  prepare: (world, _runs, backup) => divergeConfiguration(world, backup),
  calls: [
    'database.stage',
    'files.stage',
    'runtime.stop',
    'files.keep',
    'files.place',
    'services.start',
    'database.keep',
    'database.swap',
    'redis.clearPrefix',
    'runtime.start',
    'services.start',
    'backups.adoptKept',
  ],
  played: [
    'database.stage',
    'files.stage',
    'runtime.stop',
    'files.keep',
    'files.place',
    'database.keep',
    'database.swap',
  ],
  undone: {
    by: 'redis.ping',
    calls: [
      'services.stopExcept',
      'runtime.stop',
      'database.putBack',
      'database.unkeep',
      'services.stopExcept',
      'runtime.stop',
      'files.putBack',
      'runtime.start',
      'files.discard',
      'database.unstage',
    ],
    chain: ['runtime.stop', 'files.putBack'],
  },
  sample: { 'worker killed': 'files.place' },
  database: 'restored',
  made: configurationFaults,
};
