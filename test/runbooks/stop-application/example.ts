import { readStopped } from '../../../src/state/stopped.ts';
import { readDoor } from '../../../src/activities/runtime/door/door.ts';
import type { Example } from '../../faults/example.ts';
import { putBehindNginx } from '../../support/nginx.ts';

/** The record, the application and its proxy agree, whatever happens: stopped on purpose, down and closed, or none of it. */
export const example: Example = {
  input: () => ({}),
  prepare: putBehindNginx,
  calls: ['alerts.suppress', 'proxy.close', 'runtime.stop', 'lifecycle.recordStopped'],
  // Its other calls are played elsewhere.
  played: ['proxy.close', 'lifecycle.recordStopped'],
  undone: {
    by: 'lifecycle.recordStopped',
    calls: ['lifecycle.removeStopped', 'runtime.start', 'proxy.open', 'proxy.open', 'alerts.lift'],
    chain: ['lifecycle.removeStopped', 'runtime.start'],
  },
  sample: { 'terminated while it works': 'lifecycle.recordStopped' },
  database: 'kept',
  made: (world) => {
    if (readStopped(world) !== undefined) return true;
    return readDoor(world)?.state === 'closed'
      ? 'users are kept out of what is not stopped'
      : false;
  },
};
