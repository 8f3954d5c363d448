import { readStopped } from '../../../src/state/stopped.ts';
import type { Example } from '../../faults/example.ts';

/** The record and the application agree, whatever happens: stopped on purpose and down, or neither. */
export const example: Example = {
  input: () => ({}),
  calls: ['alerts.suppress', 'runtime.stop', 'lifecycle.recordStopped'],
  // Its other calls are played elsewhere.
  played: ['lifecycle.recordStopped'],
  undone: {
    by: 'lifecycle.recordStopped',
    calls: ['lifecycle.removeStopped', 'runtime.start', 'alerts.lift'],
    chain: ['lifecycle.removeStopped', 'runtime.start'],
  },
  sample: { 'terminated while it works': 'lifecycle.recordStopped' },
  database: 'kept',
  made: (world) => readStopped(world) !== undefined,
};
