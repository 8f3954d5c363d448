import { createSystems } from '../../../src/activities/index.ts';
import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import type { Example } from '../../faults/example.ts';

/** It was down, and nobody had said why. */
export const example: Example = {
  input: () => ({}),
  async prepare(world) {
    await createSystems(world, 'before').runtime.stop();
  },
  calls: ['runtime.start', 'evidence.keep', 'runtime.noteKnownGood'],
  played: ['runtime.start'],
  undone: { by: 'app.prove', calls: ['runtime.stop'] },
  sample: { 'worker killed': 'runtime.start' },
  // One that runs and works is left alone.
  onceOnly: true,
  database: 'kept',
  made: (world) => readKnownGood(world).length > 0,
};
