import { describe } from 'vitest';
import { test } from '../support/run.ts';
import { surviveKill } from './survive-kill.ts';

/** What the steps of a recovery do to the target, in their order. */
const activities = [
  'backups.find',
  'database.examine',
  'database.stage',
  'runtime.stop',
  'database.keep',
  'database.swap',
  'database.expectLive',
  'redis.clearPrefix',
  'runtime.start',
  'http.expectReady',
  'app.prove',
  'backups.adoptKept',
];

describe('a worker killed with -9', () => {
  for (const activity of activities)
    for (const when of ['before', 'during', 'after'] as const)
      test.concurrent(`${when} "${activity}" costs time, and nothing else`, async ({
        world,
        systems,
        runs,
      }) => {
        await surviveKill({ world, systems, runs }, { activity, when });
      });
});
