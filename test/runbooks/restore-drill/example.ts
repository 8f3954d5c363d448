import { readDrills } from '../../../src/state/drill-history.ts';
import type { Example } from '../../faults/example.ts';

export const example: Example = {
  input: () => ({}),
  calls: ['drill.prove', 'drill.restore', 'drill.boot', 'drill.clean', 'drill.record'],
  sample: { 'terminated while it works': 'drill.boot' },
  database: 'kept',
  // A drill that failed is recorded, too.
  made: ({ state }) =>
    readDrills({ state }).length > 1 ? 'one drill was recorded twice' : undefined,
};
