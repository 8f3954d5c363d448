import { describe, expect } from 'vitest';
import { approving } from '../../support/locked.ts';
import { test } from '../../support/run.ts';
import { hasIndex, INDEX, logSlow } from './example.ts';

describe.concurrent('slow-dashboard', () => {
  test('makes the index that was proven on a copy once people approve', async ({ world, runs }) => {
    logSlow(
      world,
      'SLOW QUERY 812 ms: \u001b[31mselect region from measurements where value = 47.50318\n',
    );

    let before: boolean | undefined;
    const { ending } = await runs.run(
      'slow-dashboard',
      {},
      {
        meanwhile: async (run, client) => {
          const approve = approving('create');
          before = hasIndex(world);
          await approve(run, client);
        },
      },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(before).toBe(false);
    expect(hasIndex(world)).toBe(true);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(
        /^Index runbook_measurements_value on measurements \(value\) helps 1 of 1 statement: .* before, .* with it, on a copy/,
      ),
      tried: ['create'],
      helped: 'create',
      index: { name: INDEX },
    });
    // Values may name people: none leaves the log.
    expect(JSON.stringify(ending)).not.toMatch(/47\.50318|\\u001b/);
  });
});
