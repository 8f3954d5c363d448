import { describe, expect } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import { faultsOf, test, write } from './small-target.ts';

describe('figures of a target', () => {
  test('are measured each minute, unless it says otherwise or "off"', async ({ directory }) => {
    await write(directory, 'shop');
    await write(directory, 'quiet', { figures: '{ every: off, keep: { raw: 2d } }' });

    expect(loadTarget('shop', directory).figures).toEqual({
      every: '1m',
      keep: { raw: '14d', hours: '365d' },
    });
    expect(loadTarget('quiet', directory).figures).toEqual({
      every: 'off',
      keep: { raw: '2d', hours: '365d' },
    });
  });

  test.for([
    ['{ every: 1s }', 'Expected "10s" to "1h", or "off"'],
    ['{ every: 2h }', 'Expected "10s" to "1h", or "off"'],
    ['{ every: often }', 'Expected a number and s, m or h, such as "1m", or "off"'],
    ['{ keep: { raw: 1h } }', 'Expected "raw" to be at least "1d"'],
    ['{ keep: { raw: long } }', 'Expected a number and ms, s, m, h or d'],
    ['{ keep: { raw: 400d } }', 'Expected "hours" to be at least "raw"'],
  ] as const)('refuse %s', async ([figures, text], { directory }) => {
    await write(directory, 'shop', { figures });

    expect(faultsOf(directory, 'shop').join('\n')).toContain(text);
  });

  test('name every fault where limits are compared and one of them is none', async ({
    directory,
  }) => {
    const metrics =
      '{ responseTime: { warning: fast, critical: 2s }, disk: { warning: 1, critical: full } }';
    await write(directory, 'shop', { metrics, figures: '{ every: never }' });

    expect(faultsOf(directory, 'shop').join('\n')).toMatch(
      /Expected a number and ms.*Expected a percentage.*Expected a number and s, m or h/s,
    );
  });
});
