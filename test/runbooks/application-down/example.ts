import { createSystems } from '../../../src/activities/index.ts';
import type { Example } from '../../faults/example.ts';
import { configurationFaults, divergeConfiguration } from '../../faults/worlds/configuration.ts';
import { failOnce } from './fail-once.ts';

/** Down, and its first start is in vain: its configuration, which is not that of the backup, is rolled back. */
export const example: Example = {
  input: () => ({ overwrite: 'yes' }),
  async prepare(world, _runs, backup) {
    await divergeConfiguration(world, backup);
    await createSystems(world, 'before').runtime.stop();
    world.app.restarts = { most: 1, pause: '1s' };
    failOnce(world);
  },
  calls: [
    'evidence.keep',
    'runtime.stop',
    'runtime.start',
    'files.stage',
    'runtime.stop',
    'files.keep',
    'files.place',
    'runtime.start',
  ],
  // Where a start comes before them, the one in vain would be that of a recovery that takes over.
  played: ['files.stage', 'files.place'],
  undone: {
    by: 'files.place',
    calls: ['runtime.stop', 'files.putBack', 'files.discard', 'runtime.start'],
    chain: ['runtime.stop', 'files.putBack', 'files.discard', 'runtime.start'],
  },
  sample: { 'worker killed': 'files.place' },
  database: 'kept',
  made: configurationFaults,
};
