import { limitsIn, MEMORY, overrideIn } from '../../activities/runtime/support/limited.ts';
import type { Example } from '../../faults/example.ts';

/** Live limits and those of the file go together, whatever happens. */
export const example: Example = {
  runsIn: 'compose',
  input: () => ({ memory: MEMORY.g, cpus: '0.75' }),
  calls: ['limits.set', 'limits.persist', 'runtime.noteKnownGood'],
  played: ['limits.set', 'limits.persist'],
  undone: { by: 'app.prove', calls: ['limits.goBack'] },
  sample: { 'worker killed': 'limits.persist' },
  takenBack: true,
  database: 'kept',
  made(world) {
    const { memory, cpus } = limitsIn(world);
    const live = memory === MEMORY.bytes && cpus === 0.75;
    const text = overrideIn(world);
    const persisted = text !== undefined && text.includes('0.75') && text.includes(MEMORY.g);
    if (live === persisted) return live;
    return `its container has ${memory} bytes and ${cpus} cpus, and its override is ${text}`;
  },
};
