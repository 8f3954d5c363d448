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
  played: ['runtime.stop'],
  undone: { by: 'app.prove', calls: ['runtime.start', 'proxy.open', 'proxy.open'] },
  sample: { 'worker killed': 'runtime.stop' },
  database: 'kept',
  made: (world, _before, outcome) => {
    if (readDoor(world)?.state === 'closed') return 'users are kept out of what runs';
    const good = readKnownGood(world).length > 0;
    // It is on record since the proof, whatever came then.
    return outcome !== 'done' && good ? undefined : good;
  },
};
