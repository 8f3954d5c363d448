import { limitsIn, MEMORY, overrideIn } from '../../activities/runtime/support/limited.ts';
import type { Example } from '../../faults/example.ts';
import { replicasAre } from '../../faults/worlds/replicas.ts';

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

/** Containers, the list of the proxy and what Compose makes go together, whatever happens. */
export const others: Readonly<Record<string, Example>> = {
  'More replicas': {
    runsIn: 'replicated',
    input: () => ({ replicas: '2' }),
    calls: ['replicas.start', 'replicas.letThrough', 'replicas.persist', 'runtime.noteKnownGood'],
    played: ['replicas.start', 'replicas.letThrough', 'replicas.persist'],
    undone: { by: 'app.prove', calls: ['replicas.goBack', 'replicas.goBack'] },
    sample: { 'worker killed': 'replicas.letThrough' },
    takenBack: true,
    database: 'kept',
    made: (world) => replicasAre(world, { wanted: 2, before: 1 }),
  },
  'Fewer replicas': {
    runsIn: 'replicated',
    input: () => ({ replicas: '1' }),
    async prepare(_world, runs) {
      const run = await runs.start('scale-application', { replicas: '2' });
      await runs.client.workflow.getHandle(run).result();
    },
    calls: ['replicas.letThrough', 'replicas.remove', 'replicas.persist', 'runtime.noteKnownGood'],
    played: ['replicas.letThrough', 'replicas.remove', 'replicas.persist'],
    undone: { by: 'app.prove', calls: ['replicas.goBack', 'replicas.goBack'] },
    sample: { 'terminated, then repair': 'replicas.remove' },
    takenBack: true,
    database: 'kept',
    made: (world) => replicasAre(world, { wanted: 1, before: 2 }),
  },
};
