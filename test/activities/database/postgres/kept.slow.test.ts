import { describe, expect } from 'vitest';
import { dropKeptDatabase } from '../../../../src/activities/database/postgres/server/kept-databases.ts';
import { readinessOf } from '../../../../src/activities/database/postgres/server/readiness.ts';
import { listKeptDatabases } from '../../../../src/activities/backups/raw-copies/kept-databases.ts';
import { pinRawCopies } from '../../../../src/activities/backups/raw-copies/raw-copies.ts';
import { planPrune } from '../../../../src/activities/backups/retention/prune.ts';
import type { Stamp } from '../../../../src/config/time/stamp.ts';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { type Server, test } from '../../../support/postgres-target.ts';
import { backUp } from './support.ts';

const NOW = '2027-06-01T00:00:00.000Z';
const OLD = '20260105_000000' as Stamp;

/** As runs leave them. */
async function leave({ cluster, database }: Server, ...endings: string[]): Promise<void> {
  for (const ending of endings)
    await cluster.sql(`create database "${database}${ending}" owner app`);
}

describe.skipIf(whyNoPostgres)('databases that runs have kept on the server', () => {
  test('are listed with their size, and told by doctor; those of others are not', async ({
    world,
    server,
  }) => {
    await leave(
      server,
      '_pre_20260104_000000',
      '_undone_20260103_000000',
      '_stage_20260102_000000',
    );
    await leave(server, '_eu_pre_20260104_000000', '_pre_later', '_pre_20260104_000000_copy');

    const { found = [] } = (await listKeptDatabases(world)) ?? {};
    const told = await readinessOf(world);

    expect(found.map(({ sort, id }) => `${sort} ${id}`)).toEqual([
      'replaced 20260104_000000',
      'undone 20260103_000000',
      'staged 20260102_000000',
    ]);
    expect(found.every(({ bytes }) => bytes > 1_000_000)).toBe(true);
    expect(told).toContainEqual({
      state: 'optional',
      finding: expect.stringMatching(/^Runs have left 3 databases beside it, [\d.]+ MiB$/),
      hint: `runbook backups list --target ${world.name}`,
    });
  });

  test('go when their time is over, but never the newest of a sort, a pinned one, or one that is used', async ({
    world,
    server,
    systems,
  }) => {
    await leave(
      server,
      '_pre_20260105_040000',
      '_pre_20260105_030000',
      '_pre_20260105_020000',
      `_pre_${OLD}`,
      '_stage_20260105_050000',
      '_undone_20260531_000000',
    );
    pinRawCopies(world, OLD, { by: 'me', reason: 'evidence', at: NOW }, [{ id: OLD }]);
    const looker = await server.cluster.connect({
      database: `${server.database}_pre_20260105_020000`,
      application_name: 'a person',
    });

    // Without a backup that is younger nothing goes that may hold rows.
    const early = (await planPrune(world, NOW)).at(-1)!;
    await backUp(systems);
    const { places } = await systems.backups.prune(NOW);
    await looker.end();

    expect(early.remove.map(({ database }) => database)).toEqual([
      `${server.database}_stage_20260105_050000`,
    ]);
    expect(await server.names()).toEqual([
      '',
      `_pre_${OLD}`,
      '_pre_20260105_020000',
      '_pre_20260105_040000',
      '_undone_20260531_000000',
    ]);
    const { deleted, kept } = places.at(-1)!;
    expect(deleted.map(({ id }) => id)).toEqual(['20260105_050000', '20260105_030000']);
    expect(kept.map(({ reason }) => reason).join('; ')).toMatch(
      /but "a person" of postgres is connected to it \(backend \d+\)/,
    );
  });

  test('keep no backup from being pruned while the server is away, and stay', async ({
    world,
    systems,
  }) => {
    await backUp(systems);
    const away = { ...world, database: { ...world.database, port: 1 } };

    expect((await planPrune(away, NOW)).at(-1)).toMatchObject({
      raw: true,
      keep: [],
      unread: expect.stringContaining('Cannot reach'),
    });
  });

  test('are dropped by the very name that a run gives, and by no other', async ({
    world,
    server,
  }) => {
    await leave(server, '_eu_pre_20260104_000000');

    expect(await dropKeptDatabase(world, server.database)).toBe('it is none of this target');
    expect(await dropKeptDatabase(world, `${server.database}_eu_pre_20260104_000000`)).toBe(
      'it is none of this target',
    );
    expect(await server.names()).toEqual(['', '_eu_pre_20260104_000000']);
  });
});
