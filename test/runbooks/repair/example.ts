import type { Example } from '../../faults/example.ts';
import { orderToLinger } from '../../faults/order-to-linger.ts';
import { configurationFaults, divergeConfiguration } from '../../faults/worlds/configuration.ts';

/** Its world was left by a system recovery that was terminated: the application is down, its files are in place, copies lie about. */
export const example: Example = {
  input: () => ({}),
  async prepare(world, runs, backup) {
    await divergeConfiguration(world, backup);
    const linger = orderToLinger(world, 'database.keep', 'working');
    const run = await runs.start('system-recovery', { backup });
    await linger.begun();
    await runs.client.workflow.getHandle(run).terminate('an example');
    linger.end();
  },
  calls: [
    'files.cleanUp',
    'database.cleanUp',
    'limits.goBack',
    'replicas.goBack',
    'backups.discard',
    'backups.finishPrune',
    'drill.clean',
    'alerts.lift',
    'runtime.start',
  ],
  // Those that end deletions, put limits and replicas back and let alerts through are played by the runbooks that begin these.
  played: ['files.cleanUp', 'database.cleanUp', 'backups.discard', 'drill.clean', 'runtime.start'],
  sample: { 'result lost': 'database.cleanUp' },
  database: 'kept',
  // The database did not follow: the files from before are back once it is done, and whole in any case.
  made(world, _before, outcome) {
    const placed = configurationFaults(world);
    if (typeof placed === 'string') return placed;
    return outcome === 'done' ? !placed : undefined;
  },
};
