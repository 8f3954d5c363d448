import { createSystems } from '../../../src/activities/index.ts';
import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import { readDoor } from '../../../src/activities/runtime/door/door.ts';
import type { Example } from '../../faults/example.ts';
import { putBehindNginx } from '../../support/nginx.ts';

/** It was down behind a closed proxy, and nobody had said why. */
export const example: Example = {
  input: () => ({}),
  async prepare(world) {
    await putBehindNginx(world);
    const { proxy, runtime } = createSystems(world, 'before');
    await proxy.close();
    await runtime.stop();
  },
  calls: ['runtime.start', 'proxy.open', 'evidence.keep', 'runtime.noteKnownGood'],
  played: ['runtime.start', 'proxy.open'],
  undone: { by: 'app.prove', calls: ['runtime.stop'] },
  sample: { 'worker killed': 'runtime.start' },
  // One that runs and works is left alone.
  onceOnly: true,
  database: 'kept',
  made: (world, _before, outcome) => {
    const closed = readDoor(world)?.state === 'closed';
    if (outcome === 'done' && closed) return 'users are kept out of what runs';
    if (outcome !== 'done' && !closed) return 'users are let through to what does not run';
    const good = readKnownGood(world).length > 0;
    // It is on record since the proof, whatever came then.
    return outcome !== 'done' && good ? undefined : good;
  },
};
