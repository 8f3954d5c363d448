import { readContainment } from '../../../src/state/containment.ts';
import type { Example } from '../../faults/example.ts';

/** It was contained by a run before. */
export const example: Example = {
  input: () => ({}),
  async prepare(_world, runs) {
    const run = await runs.start('contain', { reason: 'its rows vanish' });
    await runs.client.workflow.getHandle(run).result();
  },
  calls: ['runtime.start', 'containment.remove'],
  played: ['containment.remove'],
  undone: { by: 'containment.remove', calls: ['containment.record', 'runtime.stop'] },
  sample: { 'failed after its effect': 'containment.remove' },
  // What is lifted cannot be lifted again.
  onceOnly: true,
  database: 'kept',
  made: (world) => readContainment(world) === undefined,
};
