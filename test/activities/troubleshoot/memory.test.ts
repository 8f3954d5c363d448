import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { growthOf } from '../../../src/activities/troubleshoot/memory/growth-of.ts';
import { memoryUse } from '../../../src/activities/troubleshoot/memory/memory-use.ts';
import type { Figure } from '../../../src/figures/figure.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { freePort } from '../../../src/dev/server/free-port.ts';
import { test } from '../../support/target.ts';

const MEBIBYTE = 2 ** 20;
const HOUR = 3_600_000;
const NOW = Date.parse('2026-01-05T12:30:00Z');

/** What it held in each of the last hours, in MiB, the oldest first. */
function record(state: string, hours: readonly number[]): void {
  const store = openFigures(state);
  hours.forEach((mebibytes, index) => {
    const at = new Date(NOW - (hours.length - 1 - index) * HOUR).toISOString();
    const figure: Figure = {
      name: 'memory.application',
      value: mebibytes * MEBIBYTE,
      unit: 'bytes',
      source: 'test',
      at,
      verdict: 'ok',
      note: '',
    };
    store.record([figure], at);
  });
  store.close();
}

describe('growthOf', () => {
  test('tells growth by the hour, and when all is taken', ({ target }) => {
    record(
      target.state,
      Array.from({ length: 30 }, (_, hour) => 100 + 10 * hour + (hour % 3)),
    );

    const { grows, note } = growthOf(target, 1000 * MEBIBYTE, NOW);

    expect(grows).toBe(true);
    expect(note).toMatch(
      /^It grows by (9\.\d|10\.\d) MiB an hour, by its lowest value of each of 30 hours: all of 1000 MiB in \d+ to \d+ hours$/,
    );
  });

  test('takes what is flat, or fell with a restart, for no growth', ({ target }) => {
    record(
      target.state,
      Array.from({ length: 30 }, (_, hour) => 300 + (hour % 4)),
    );
    const flat = growthOf(target, 1000 * MEBIBYTE, NOW);

    record(
      target.state,
      Array.from({ length: 30 }, (_, hour) => (hour < 25 ? 300 + 20 * hour : 100)),
    );
    const fell = growthOf(target, 1000 * MEBIBYTE, NOW);

    expect([flat.grows, flat.note]).toEqual([
      false,
      'It does not grow, by its lowest value of each of 30 hours',
    ]);
    expect([fell.grows, fell.note]).toEqual([
      false,
      expect.stringMatching(/^It fell \d hours ago, as after a restart/),
    ]);
  });

  test('says that too little was measured, and makes no file by asking', ({ target }) => {
    expect(growthOf(target, 1000 * MEBIBYTE, NOW)).toEqual({
      grows: false,
      note: 'It was measured for too few hours to say whether it grows',
    });
  });
});

describe.skipIf(process.platform !== 'linux')('memoryUse', () => {
  test('reads what a real process holds, and judges by the limit of the target only', async ({
    target,
  }) => {
    const port = await freePort(0);
    const script = `const held = Buffer.alloc(300 * 2 ** 20, 1); require('http').createServer((q, r) => r.end(String(held[0]))).listen(${port}, '127.0.0.1', () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      const app = { ...target.app, url: `http://127.0.0.1:${port}/` };

      const unjudged = await memoryUse({ ...target, app, metrics: {} });
      const well = await memoryUse({ ...target, app, metrics: { memory: { warning: '100%' } } });

      expect(unjudged.held).toBeGreaterThan(300 * MEBIBYTE);
      expect(unjudged.held).toBeLessThan(600 * MEBIBYTE);
      expect([unjudged.high, well.high]).toEqual([undefined, false]);
      expect(unjudged.note).toMatch(/^3\d\d MiB held in 1 process; \d+ % of .* in use/);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('says that it cannot be read where nothing of it is seen', async ({ target }) => {
    const { held, note } = await memoryUse(target);

    expect(held).toBeUndefined();
    expect(note).toMatch(/^What the application holds cannot be read from here; /);
  });
});
