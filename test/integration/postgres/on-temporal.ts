import { createSystems } from '../../../src/activities/index.ts';
import { test as base } from '../../support/postgres-target.ts';
import { type Runs, useRuns } from '../../support/run.ts';

/** Runbooks on a real Temporal server, and a real application on a real PostgreSQL server that runs. */
export const test = base.extend<{ runs: Runs }>({
  runs: async ({ world }, use) => {
    const { runtime, http } = createSystems(world, 'test');
    await runtime.start();
    await http.expectReady();
    await useRuns({ world }, use);
  },
});
