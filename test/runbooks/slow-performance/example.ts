import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';

/** Above any limit, whatever is repaired: all is tried. */
export function neverFast(world: SqliteTarget): void {
  world.metrics = { responseTime: { warning: '0ms' } };
}

export const example: Example = {
  input: () => ({ clear: 'yes', restart: 'yes' }),
  async prepare(world) {
    neverFast(world);
  },
  calls: [
    'evidence.keep',
    'database.analyse',
    'redis.clearPrefix',
    'app.clearCache',
    'runtime.stop',
    'runtime.start',
  ],
  // Recoveries, database-maintenance and performance-degraded play the others.
  played: ['app.clearCache'],
  undone: { by: 'app.prove', calls: ['runtime.start'] },
  sample: { 'worker killed': 'app.clearCache' },
  database: 'kept',
};
