import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../src/config/schema/target.ts';
import type { Runs } from '../support/run.ts';
import type { Example } from './examples.ts';

/** The record and the application agree, whatever happens: contained and down, or neither. The invariants look at the latter. */
export const contain: Example = {
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
  made: isContained,
};

export const liftContainment: Example = {
  input: () => ({}),
  async prepare(_world: Target, runs: Runs) {
    const run = await runs.start('contain', { reason: 'its rows vanish' });
    await runs.client.workflow.getHandle(run).result();
  },
  calls: ['runtime.start', 'containment.remove'],
  played: ['containment.remove'],
  undone: { by: 'containment.remove', calls: ['containment.record', 'runtime.stop'] },
  sample: { 'failed after its effect': 'containment.remove' },
  database: 'kept',
  made: (world) => !isContained(world),
};

function isContained({ state }: Target): boolean {
  return existsSync(join(state, 'containment.json'));
}
