import { Redis } from 'ioredis';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { fillCache, useGrowingApp } from '../../support/growing-world.ts';
import { approving, stateOf } from '../../support/locked.ts';
import { test } from '../../support/run.ts';
import { neverFast } from './example.ts';

describe.concurrent('slow-performance', () => {
  test('restarts what got slow by what it holds, and sees that this helped', async ({
    world,
    runs,
  }) => {
    await useGrowingApp(world, 100);
    const before = await createSystems(world, 'before').runtime.describe();

    const { ending } = await runs.run('slow-performance', { clear: 'no', restart: 'yes' });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ tried: ['optimise', 'restart'], helped: 'restart' });
    const { times } = ending.output as {
      times: Record<'before' | 'after', { p95: number }>;
    };
    expect(times.after.p95).toBeLessThanOrEqual(times.before.p95 / 2);
    expect(await createSystems(world, 'after').runtime.describe()).not.toEqual(before);
  });

  test('stops at the first repair that helps: its own keys are cleared, no others, and it runs on', async ({
    world,
    runs,
  }) => {
    await useGrowingApp(world, 0);
    await fillCache(world, 60_000);
    const redis = new Redis(world.cache!.url);
    await redis.set('shop:cart', 'kept');
    const { runtime } = createSystems(world, 'before');
    const before = await runtime.describe();

    const { ending } = await runs.run('slow-performance', {}, { meanwhile: approving('clear') });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ tried: ['optimise', 'clear'], helped: 'clear' });
    expect(ending.ledger.find(({ id }) => id === 'restart')?.note).toBe('It is well since "clear"');
    expect(await redis.get('shop:cart')).toBe('kept');
    await redis.quit();
    expect(await runtime.describe()).toEqual(before);
  });

  test('repairs nothing where it is not slow, and tells what it saw', async ({ world, runs }) => {
    world.metrics = { responseTime: { warning: '1h' }, memory: { warning: '0%' } };

    const { ending } = await runs.run('slow-performance');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'optimise', 'clear', 'restart')).toEqual(Array(3).fill('omitted'));
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(/^It is not slow now\. .*start high-memory/),
      tried: [],
      helped: '',
    });
  });

  test('does not restart what might not come back', async ({ world, runs, directory }) => {
    neverFast(world);
    world.logs = [{ file: `${directory}/gone/app.log`, format: 'python', timezone: 'UTC' }];

    const { ending } = await runs.run('slow-performance', { clear: 'no', restart: 'yes' });

    expect(ending.outcome).toBe('done');
    expect(ending.ledger.find(({ id }) => id === 'restart')?.note).toMatch(
      /^It might not come back: "Log directory has write permissions" is not so/,
    );
  });

  test('leaves a new start running when its proof fails, and says so', async ({ world, runs }) => {
    neverFast(world);
    let proofs = 0;

    const { ending } = await runs.run(
      'slow-performance',
      { clear: 'no', restart: 'yes' },
      {
        around: async (activity, work) => {
          if (activity === 'app.prove' && (proofs += 1) <= 10) throw new Error('It fails');
          return work();
        },
      },
    );

    expect(ending.outcome).toBe('undone');
    expect(await createSystems(world, 'after').http.isReady()).toBe(true);
  });

  test('changes nothing of one that does not answer, and names the runbook for it', async ({
    systems,
    runs,
  }) => {
    await systems.runtime.stop();

    const { ending } = await runs.run('slow-performance');

    expect(ending.failure?.message).toContain('start application-down');
    expect(stateOf(ending, 'evidence', 'optimise')).toEqual(['done', 'unreached']);
  });

  test('writes nothing into a damaged database', async ({ world, runs }) => {
    damageDatabase(world.database.file, 1);

    const { ending } = await runs.run('slow-performance');

    expect(ending.failure?.message).toMatch(/start (database-issue|application-down)$/);
    expect(stateOf(ending, 'evidence', 'optimise')).toEqual(['done', 'unreached']);
  });
});
