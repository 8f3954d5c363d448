import { describe } from 'vitest';
import { test } from '../support/run.ts';
import { surviveKill } from './survive-kill.ts';

/** The moment that would hurt most. Every step has its moment in kill-worker.full.test.ts. */
const kill = { activity: 'database.swap', when: 'after' } as const;

describe('a worker killed with -9', () => {
  test(`${kill.when} "${kill.activity}" costs time, and nothing else`, async ({
    world,
    systems,
    runs,
  }) => {
    await surviveKill({ world, systems, runs }, kill);
  });
});
