import type { Example } from '../../faults/example.ts';
import { giveSecret, isReplaced, NAME } from './with-secret.ts';

/** Its file and who takes it agree, whatever happens, and nothing of either value is left. */
export const example: Example = {
  input: () => ({ secret: NAME }),
  approve: ['generate'],
  prepare: async (world) => giveSecret(world),
  calls: [
    'secrets.generate',
    'secrets.admit',
    'runtime.stop',
    'secrets.write',
    'runtime.start',
    'secrets.dismiss',
    'secrets.finish',
  ],
  played: [
    'secrets.generate',
    'secrets.admit',
    'secrets.write',
    'secrets.dismiss',
    'secrets.finish',
  ],
  undone: {
    by: 'secrets.expectRefused',
    calls: ['runtime.stop', 'secrets.putBack', 'runtime.start', 'secrets.forget'],
    chain: ['runtime.stop', 'secrets.putBack'],
  },
  stays: true,
  sample: { 'worker killed': 'secrets.write' },
  database: 'kept',
  made: isReplaced,
};
