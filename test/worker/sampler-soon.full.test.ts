import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { openPolicies } from '../../src/worker/policies.ts';
import { startSampler } from '../../src/worker/sampler.ts';
import { test } from '../support/target.ts';

test('a sample that failed is taken again within seconds, twice, before that is judged', async ({
  target,
}) => {
  const hourly = { ...target, figures: { ...target.figures, every: '1h' } };
  let taken = 0;
  const judged: number[] = [];
  const sampler = startSampler({
    policies: openPolicies(hourly),
    pool: {
      do: async () => {
        taken += 1;
        throw new Error('No such thing');
      },
    },
    turn: 0,
    tell: () => {},
    judge: async (_, figures) => {
      judged.push(figures[0]!.value!);
      return { soon: false };
    },
  });

  await vi.waitFor(() => expect(judged).toEqual([3]), { timeout: 30_000, interval: 500 });
  await sleep(12_000);
  await sampler.stop();
  expect(taken).toBe(3);
}, 60_000);
