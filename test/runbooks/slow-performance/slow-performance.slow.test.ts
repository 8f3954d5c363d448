import { describe, expect } from 'vitest';
import { stateOf } from '../../support/locked.ts';
import { answer, waiting } from '../../support/people.ts';
import { test } from '../../support/run.ts';
import { neverFast } from './example.ts';

describe.concurrent('slow-performance', () => {
  test('repairs nothing that people refuse, measures after each repair, and says that it is still slow', async ({
    world,
    systems,
    runs,
  }) => {
    neverFast(world);
    const before = await systems.runtime.describe();

    const { ending } = await runs.run(
      'slow-performance',
      { restart: 'no' },
      {
        meanwhile: async (run, client) =>
          answer(await waiting(client, run, 'clear'), 'reject', { step: 'clear', by: 'ops-2' }),
      },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(
      stateOf(ending, 'optimise', 'optimised', 'clear', 'cleared', 'restart', 'restarted'),
    ).toEqual(['done', 'done', 'unreached', 'omitted', 'omitted', 'omitted']);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(/^It is still slow/),
      tried: ['optimise'],
      helped: '',
      times: { before: { p95: expect.any(Number) }, after: { p95: expect.any(Number) } },
    });
    expect(await systems.runtime.describe()).toEqual(before);
  });
});
