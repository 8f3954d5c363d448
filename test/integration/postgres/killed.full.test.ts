import { describe, expect } from 'vitest';
import { whyNoPostgres } from '../../support/postgres.ts';
import { backUp } from '../../support/recovery.ts';
import { holdersOf, recoverKilled } from '../survive-kill.ts';
import { test } from './on-temporal.ts';

/** What a recovery does to a server, and what it does on either side of that. */
const activities = [
  'database.stage',
  'runtime.stop',
  'database.keep',
  'database.swap',
  'database.expectLive',
  'runtime.start',
  'backups.adoptKept',
];

describe.skipIf(whyNoPostgres)('a worker killed with -9 in a recovery of PostgreSQL', () => {
  for (const activity of activities)
    for (const when of ['during', 'after'] as const)
      test(`${when} "${activity}" costs time, and nothing else`, async ({
        world,
        server,
        systems,
        runs,
      }) => {
        world.app.ready = { within: '40s', every: '1s' };
        await backUp(runs);
        await server.sql("insert into indicators (region) values ('after the backup')");

        const { ending, attempts, signal } = await recoverKilled(
          { world, runs },
          { activity, when },
        );

        expect(signal).toBe('SIGKILL');
        expect([ending?.failure?.message, ending?.outcome, ending?.left]).toEqual([
          undefined,
          'done',
          [],
        ]);
        expect(attempts.filter(({ attempt }) => attempt > 1).map(({ type }) => type)).toEqual([
          activity,
        ]);
        expect(
          await server.sql("select 1 from indicators where region = 'after the backup'"),
        ).toEqual([]);
        // What it replaced is a backup by now; nothing else is left on the server.
        expect(await server.names()).toEqual(['']);
        expect(await systems.http.isReady()).toBe(true);
        expect(holdersOf(world)).toEqual([]);
      });
});
