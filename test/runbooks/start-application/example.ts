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
    const good = readKnownGood(world).length > 0;
    const closed = readDoor(world)?.state === 'closed';
    // A run that could not open it has told so, and went on.
    return good && closed && outcome !== 'partly' ? 'users are kept out of what runs' : good;
  },
};
