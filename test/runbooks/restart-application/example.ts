import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import type { Example } from '../../faults/example.ts';

/** Stop and start are played in full by recoveries. */
export const example: Example = {
  input: () => ({}),
  calls: ['evidence.keep', 'runtime.stop', 'runtime.start', 'runtime.noteKnownGood'],
  played: ['runtime.stop'],
  undone: { by: 'app.prove', calls: ['runtime.start'] },
  sample: { 'worker killed': 'runtime.stop' },
  database: 'kept',
  made: (world) => readKnownGood(world).length > 0,
};
