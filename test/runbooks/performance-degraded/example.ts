import type { Example } from '../../faults/example.ts';

export const example: Example = {
  input: () => ({ clear: 'yes' }),
  calls: ['evidence.keep', 'database.analyse', 'redis.clearPrefix'],
  // database-maintenance plays the other.
  played: ['evidence.keep', 'redis.clearPrefix'],
  sample: { 'result lost': 'redis.clearPrefix' },
  database: 'kept',
};
