import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { makeWasteful } from '../../activities/database/support/wasteful.ts';
import { broken } from '../../support/broken.ts';
import { stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { test } from '../../support/run.ts';
import { hasIndex, INDEX, logSlow } from './example.ts';

describe.concurrent('slow-dashboard', () => {
  test('makes nothing when people reject it, and says what it found', async ({ world, runs }) => {
    logSlow(world);

    const { ending } = await runs.run(
      'slow-dashboard',
      {},
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, run, 'create'), 'reject', { step: 'create', by: 'ops-2' }),
      },
    );

    expect(ending).toMatchObject({ outcome: 'done', output: { tried: [], helped: '' } });
    expect((ending.output as { diagnosis: string }).diagnosis).toContain('The index was not made');
    expect(hasIndex(world)).toBe(false);
  });

  test('says that VACUUM is what helps where much of it is free', async ({ world, runs }) => {
    makeWasteful(world.database.file);

    const { ending } = await runs.run('slow-dashboard');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'prove', 'create')).toEqual(['omitted', 'omitted']);
    expect((ending.output as { diagnosis: string }).diagnosis).toMatch(
      /% of it free, .*VACUUM helps, start database-maintenance/,
    );
  });

  test('shows in a plan which index it would make, and makes none', async ({ world, runs }) => {
    logSlow(world);

    const { ending } = await runs.run('slow-dashboard', { create: 'yes' }, { mode: 'plan' });

    expect(ending.ledger.find(({ id }) => id === 'prove')?.note).toMatch(/^Index .* helps 1 of 1/);
    expect(hasIndex(world)).toBe(false);
  });

  test('leaves an index that somebody has made while it waited, when it is undone', async ({
    world,
    runs,
  }) => {
    logSlow(world);

    const { ending } = await runs.run(
      'slow-dashboard',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'http.measure' && hasIndex(world)) throw broken('The way is broken');
          return work();
        },
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'create');
          const db = new Database(world.database.file);
          db.exec(`create index ${INDEX} on measurements (value)`);
          db.close();
          await answer(handle, 'approve', { step: 'create', by: 'ops-2' });
        },
      },
    );

    expect(ending.outcome).not.toBe('done');
    expect(stateOf(ending, 'create')).toEqual(['undone']);
    expect(hasIndex(world)).toBe(true);
  });

  test('sends people elsewhere when it does not answer at all', async ({ systems, runs }) => {
    await systems.runtime.stop();

    const { ending } = await runs.run('slow-dashboard');

    expect(ending.failure?.message).toContain('start application-down');
    expect(stateOf(ending, 'evidence', 'create')).toEqual(['done', 'unreached']);
  });
});
