import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadavg } from 'node:os';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import type { Target } from '../../src/config/schema/target.ts';
import type { Figure } from '../../src/figures/figure.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { openPolicies } from '../../src/worker/policies.ts';
import { startSampler } from '../../src/worker/sampler.ts';
import { openProcessPool, type ProcessPool } from '../../src/worker-process/process-pool.ts';
import { figure } from '../state/figures/figure.ts';
import { test } from '../support/target.ts';

let real: ProcessPool;
beforeAll(() => {
  real = openProcessPool();
});
afterAll(() => real.close());

const wait = { timeout: 20_000, interval: 50 };

describe('a sampler', () => {
  test('measures again and again, and keeps it', async ({ target }) => {
    const sampler = start(each(target, '200ms'));

    await vi.waitFor(() => expect(kept(target).length).toBeGreaterThan(1), wait);
    await sampler.stop();
    const store = openFigures(target.state);
    expect(store.newest()).toMatchObject([{ name: 'load', verdict: 'ok' }]);
    store.close();
    expect(sampler.told).toEqual([]);
  });

  test('never measures twice at the same time, and leaves out what was due meanwhile', async ({
    target,
  }) => {
    let running = 0;
    let most = 0;
    let count = 0;
    const sampler = start(each(target, '100ms'), {
      measure: async () => {
        running += 1;
        count += 1;
        most = Math.max(most, running);
        await sleep(450);
        running -= 1;
        return [load()];
      },
    });

    await sleep(2000);
    await sampler.stop();
    expect(most).toBe(1);
    expect(count).toBeLessThan(6);
  });

  test('tells a trouble once, and its end, and leaves a gap', async ({ target }) => {
    let fails = true;
    const sampler = start(each(target, '100ms'), {
      measure: async () => {
        if (fails) throw new Error('No such thing');
        return [load()];
      },
    });

    await sleep(1000);
    expect(kept(target)).toEqual([]);
    fails = false;
    await vi.waitFor(() => expect(kept(target).length).toBeGreaterThan(0), wait);
    await sampler.stop();
    expect(sampler.told).toEqual([
      `Warning: Cannot measure "${target.name}": No such thing`,
      `Able to measure "${target.name}" again`,
    ]);
  });

  test('has three failures in a row judged as one more figure, and the next good sample as its end', async ({
    target,
  }) => {
    let fails = true;
    let taken = 0;
    const judged: string[] = [];
    const sampler = start(each(target, '100ms'), {
      measure: async () => {
        taken += 1;
        if (fails) throw new Error('No such thing');
        return [load()];
      },
      judge: async (_, figures) => {
        judged.push(...figures.map(({ name, verdict }) => `${taken}: ${name} ${verdict}`));
        fails = false;
        return { soon: false };
      },
    });

    await vi.waitFor(() => expect(judged.length).toBeGreaterThan(2), wait);
    await sampler.stop();
    expect(judged.slice(0, 3)).toEqual([
      '3: sample.failed critical',
      '4: load ok',
      '4: sample.failed ok',
    ]);
  });

  test('goes by another policy soon, and measures nothing while that is "off"', async ({
    target,
  }) => {
    const sampler = start(each(target, 'off'));

    await sleep(500);
    expect(kept(target)).toEqual([]);
    sampler.policies.change(each(target, '200ms'));
    await vi.waitFor(() => expect(kept(target).length).toBeGreaterThan(0), wait);
    sampler.policies.change(each(target, 'off'));
    await sleep(1000);
    const before = kept(target).length;
    await sleep(1500);
    expect(kept(target)).toHaveLength(before);
    await sampler.stop();
  });

  test('has it judged, too, where it cannot be kept', async ({ target }) => {
    rmSync(target.state, { recursive: true });
    writeFileSync(target.state, 'in the way of the directory');
    const judged: string[] = [];
    const sampler = start(each(target, '200ms'), {
      judge: async (_, figures) => {
        judged.push(...figures.map(({ name }) => name));
        return { soon: false };
      },
    });

    await vi.waitFor(() => expect(judged.length).toBeGreaterThan(1), wait);
    await sampler.stop();
    expect(sampler.told).toEqual([
      expect.stringMatching(/^Warning: Cannot keep what was measured of ".*": /),
    ]);
  });

  test('ends at once, also while something it measures hangs', async ({ target }) => {
    const sampler = start(each(target, '200ms'), {
      measure: (signal) => sleep(60_000, [], { signal }),
    });

    await sleep(300);
    const begun = performance.now();
    await sampler.stop();
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(sampler.told).toEqual([]);
  });
});

interface How {
  readonly measure?: (signal: AbortSignal) => Promise<readonly Figure[]>;
  readonly judge?: (target: Target, figures: readonly Figure[]) => Promise<{ soon: boolean }>;
}

/** It measures this machine's load; what it keeps, a real job process keeps. */
function start(target: Target, { measure = async () => [load()], judge }: How = {}) {
  const told: string[] = [];
  const policies = openPolicies(target);
  const sampler = startSampler({
    policies,
    pool: {
      do: (job, signal) =>
        job.activity === 'health.sample' ? measure(signal!) : real.do(job, signal),
    },
    turn: 0,
    tell: (line) => told.push(line),
    ...(judge && { judge }),
  });
  return { ...sampler, told, policies };
}

function load(): Figure {
  return figure('load', loadavg()[0], new Date().toISOString());
}

function each(target: Target, every: string): Target {
  return { ...target, figures: { ...target.figures, every } };
}

function kept({ state }: Target) {
  const store = openFigures(state);
  try {
    return store.raw('load', '2026-01-01T00:00:00Z', '2100-01-01T00:00:00Z');
  } finally {
    store.close();
  }
}
