import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { useGrowingApp } from '../../support/growing-world.ts';
import { approving, stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { test } from '../../support/run.ts';

describe.concurrent('high-memory', () => {
  test('restarts once people approve what holds more and more, and sees that it holds much less', async ({
    world,
    runs,
  }) => {
    await useGrowingApp(world, 400);
    const { troubleshoot } = createSystems(world, 'before');
    const before = await troubleshoot.memory();

    const { ending } = await runs.run(
      'high-memory',
      {},
      { meanwhile: approving('clear', 'restart') },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(before.held).toBeGreaterThan(400 * 2 ** 20);
    expect(ending.output).toMatchObject({ tried: ['clear', 'restart'], helped: 'restart' });
    expect((await troubleshoot.memory()).held).toBeLessThan(0.5 * before.held!);
  });

  test('leaves an application alone where others hold the memory, and says so', async ({
    world,
    systems,
    runs,
  }) => {
    world.metrics = { memory: { warning: '0%' } };
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('high-memory', { clear: 'yes', restart: 'yes' });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'clear', 'restart')).toEqual(['omitted', 'omitted']);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(
        /^Others hold the memory\. .*above 0%\. The application holds little of it/,
      ),
      tried: [],
    });
    expect(await systems.runtime.describe()).toEqual(before);
  });

  test('does what people leave to it, and ends all the same when they refuse', async ({
    world,
    systems,
    runs,
  }) => {
    const before = await systems.runtime.describe();

    const { ending } = await runs.run(
      'high-memory',
      { clear: 'yes' },
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, run, 'restart'), 'reject', { step: 'restart', by: 'ops-2' }),
      },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      // The target names no limit.
      diagnosis: expect.stringMatching(
        /^Nobody can tell whether it is high: "metrics\.memory" of the target names no limit\. What was tried \(clear\) changed little/,
      ),
      tried: ['clear'],
      helped: '',
    });
    expect(await createSystems(world, 'after').runtime.describe()).toEqual(before);
  });

  test('sends people elsewhere when it does not run', async ({ systems, runs }) => {
    await systems.runtime.stop();

    const { ending } = await runs.run('high-memory');

    expect(ending.failure?.message).toContain('start application-down');
    expect(stateOf(ending, 'evidence', 'clear')).toEqual(['done', 'unreached']);
  });
});
