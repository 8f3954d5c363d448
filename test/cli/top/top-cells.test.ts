import { describe, expect, test } from 'vitest';
import { cut, fit } from '../../../src/cli/verbs/top/picture/cells.ts';
import { cellsOf } from '../../../src/report/cells.ts';
import { sparkline } from '../../../src/cli/verbs/top/picture/sparkline.ts';
import { valueText } from '../../../src/report/performance/value-text.ts';

const NOW = Date.parse('2026-01-05T02:00:00Z');
const MINUTE = 60_000;

describe('a sparkline', () => {
  const span = { from: NOW - 8 * MINUTE, to: NOW, every: MINUTE };
  const at = (minutes: number, value: number) => ({
    at: new Date(NOW - minutes * MINUTE).toISOString(),
    value,
  });

  test('goes from 0 to the highest, a ratio to 100 %', () => {
    const samples = [7, 6, 5, 4, 3, 2, 1, 0].map((minute) => at(minute, (7 - minute) / 14));

    expect(sparkline(samples, 'seconds', span, 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline(samples, 'ratio', span, 8)).toBe('▁▁▂▂▃▃▄▅');
    expect(sparkline([at(0, 0)], 'count', span, 8)).toBe('       ▁');
  });

  test('shows as a gap what was not measured, and none where a sample came a little late', () => {
    const late = [7.4, 6.2, 5.4, 1, 0].map((minute) => at(minute, 1));

    expect(sparkline(late, 'count', span, 8)).toBe('████  ██');
    expect(sparkline(late, 'count', span, 16)).toHaveLength(16);
    expect(sparkline([], 'count', span, 4)).toBe('    ');
    expect(sparkline([at(0, Number.NaN)], 'count', span, 4)).toBe('    ');
  });

  test('shows the highest of each piece of time', () => {
    expect(sparkline([at(3, 1), at(2.5, 8), at(2.1, 1), at(0, 1)], 'count', span, 2)).toBe(' █');
  });
});

describe('the width of a text', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['한글', 4],
    ['ｆｕ', 4],
    ['e\u0301', 1],
    ['🙂', 2],
    ['✓…▁', 3],
  ])('of %s is %i', (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });

  test('is kept where it is cut in the middle of a wide letter', () => {
    expect(cut('日本語', 4)).toBe('日…');
    expect(fit('日本語', 5)).toBe('日本…');
    expect(fit('日本語', 4)).toBe('日… ');
    expect(fit('日', 4, 'right')).toBe('  日');
    expect(cut('abc', 0)).toBe('');
  });
});

describe('a value', () => {
  test.each([
    [0.0123, 'seconds', '12.3 ms'],
    [2.31, 'seconds', '2.31 s'],
    [90 * 86_400, 'seconds', '90 d'],
    [0.935, 'ratio', '93.5 %'],
    [50_540_000, 'bytes', '48.2 MiB'],
    [0, 'bytes', '0 B'],
    [7, 'count', '7'],
    [1e21, 'count', '1.0e+21'],
    [2048, 'bytes per second', '2 KiB/s'],
    [Number.NaN, 'count', '-'],
  ] as const)('of %d %s is %s', (value, unit, text) => {
    expect(valueText({ value, unit })).toBe(text);
  });
});
