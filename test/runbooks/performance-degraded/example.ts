import type { Example } from '../../faults/example.ts';
import { neverFast } from '../slow-performance/example.ts';

export const example: Example = {
  input: () => ({ clear: 'yes', restart: 'no' }),
  async prepare(world) {
    neverFast(world);
  },
  calls: ['evidence.keep', 'database.analyse', 'redis.clearPrefix', 'app.clearCache'],
  // slow-performance, which is a part of it, plays the others.
  played: ['redis.clearPrefix'],
  sample: { 'result lost': 'redis.clearPrefix' },
  database: 'kept',
};
