import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSystems } from '../../../src/activities/index.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';
import { configurationFaults, divergeConfiguration } from '../../faults/worlds/configuration.ts';

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

/** The application hangs at its next start, and never answers. */
export function failOnce({ directory, runtime }: Target): void {
  const order = join(directory, 'fail-once');
  writeFileSync(order, '');
  const { command } = runtime as { command: string[] };
  const script = 'order=$1; shift; if rm "$order" 2>/dev/null; then exec sleep 60; fi; exec "$@"';
  Object.assign(runtime, { command: ['sh', '-c', script, 'sh', order, ...command] });
}
