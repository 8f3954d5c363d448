import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import { readDoor } from '../../../src/activities/runtime/door/door.ts';
import type { Example } from '../../faults/example.ts';
import { putBehindNginx } from '../../support/nginx.ts';

/** Stop and start are played in full by recoveries. */
export const example: Example = {
  input: () => ({}),
  prepare: putBehindNginx,
  calls: [
    'evidence.keep',
    'proxy.close',
    'runtime.stop',
    'runtime.start',
    'proxy.open',
    'runtime.noteKnownGood',
  ],
  played: ['runtime.stop', 'proxy.open'],
  undone: { by: 'app.prove', calls: ['runtime.start', 'proxy.open', 'proxy.open'] },
  sample: { 'worker killed': 'runtime.stop' },
  database: 'kept',
  made: (world, _before, outcome) => {
    const closed = readDoor(world)?.state === 'closed';
    // A run that could not open it has told so, and went on.
    if (closed && outcome !== 'partly') return 'users are kept out of what runs';
    return readKnownGood(world).length > 0;
  },
};
