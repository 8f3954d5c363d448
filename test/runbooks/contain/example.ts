import { readContainment } from '../../../src/state/containment.ts';
import type { Example } from '../../faults/example.ts';

/** The record and the application agree, whatever happens: contained and down, or neither. The invariants check the latter. */
export const example: Example = {
  input: () => ({ reason: 'its rows vanish' }),
  calls: ['containment.record', 'runtime.stop'],
  // It is recorded then, and not yet true.
  played: ['runtime.stop'],
  undone: {
    by: 'runtime.stop',
    calls: ['containment.remove', 'runtime.start', 'containment.remove'],
    chain: ['containment.remove', 'runtime.start'],
  },
  sample: { 'terminated while it works': 'runtime.stop' },
  database: 'kept',
  made: (world) => readContainment(world) !== undefined,
};
