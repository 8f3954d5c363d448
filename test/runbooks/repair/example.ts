import type { Example } from '../../faults/example.ts';
import { orderToLinger } from '../../faults/order-to-linger.ts';

/** Its world was left by a recovery that was terminated: the application is down, copies lie about. */
export const example: Example = {
  input: () => ({}),
  async prepare(world, runs, backup) {
    const linger = orderToLinger(world, 'database.keep', 'working');
    const run = await runs.start('database-recovery', { backup });
    await linger.begun();
    await runs.client.workflow.getHandle(run).terminate('an example');
    linger.end();
  },
  calls: ['database.cleanUp', 'backups.discard', 'drill.clean', 'runtime.start'],
  sample: { 'result lost': 'database.cleanUp' },
  database: 'kept',
};
