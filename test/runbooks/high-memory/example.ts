import type { Example } from '../../faults/example.ts';

/** Without a limit of the target only much less counts as well: all is tried. */
export const example: Example = {
  input: () => ({ clear: 'yes', restart: 'yes' }),
  calls: ['evidence.keep', 'redis.clearPrefix', 'app.clearCache', 'runtime.stop', 'runtime.start'],
  // slow-performance plays the same parts.
  played: [],
  undone: { by: 'app.prove', calls: ['runtime.start'] },
  sample: { 'undo failed': 'runtime.start' },
  database: 'kept',
};
